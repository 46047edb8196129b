-- Everything the sandbox remembers; instants are seconds since 1970.

create table if not exists tokens (
    token           text primary key,
    kind            text not null check (kind in ('access', 'refresh')),
    app_key         text not null,
    user_id         integer not null,
    scope           text not null,
    issued_at       real not null,
    expires_at      real not null,
    is_dead         integer not null default 0
) strict;
create index if not exists tokens_issued on tokens (app_key, user_id, kind, issued_at);

create table if not exists codes (
    code            text primary key,
    app_key         text not null,
    user_id         integer not null,
    redirect_uri    text not null,
    scope           text not null,
    expires_at      real not null
) strict;

-- A uuid belongs to one app: another app sees the same person under another one.
create table if not exists friends (
    friend_id       integer primary key,
    app_key         text not null,
    customer_id     text not null,
    uuid            text not null,
    name            text not null,
    is_favorite     integer not null default 0,
    allows_messages integer not null default 1,
    unique (app_key, customer_id),
    unique (app_key, uuid)
) strict;

-- One per person and account: a friend's uuid, a telephone number, an e-mail address, a Discord channel or thread.
-- A telephone number may get messages of several channels.
create table if not exists chats (
    chat_key        text primary key,
    channel         text not null,
    customer_id     text,
    title           text not null,
    last_message_id integer not null,
    message_count   integer not null
) strict;
create index if not exists chats_newest on chats (last_message_id);
create index if not exists chats_customer on chats (customer_id) where customer_id is not null;

-- What the inbox filters by.
create table if not exists chat_channels (
    chat_key        text not null,
    channel         text not null,
    last_message_id integer not null,
    primary key (chat_key, channel)
) strict, without rowid;
create index if not exists chat_channels_newest on chat_channels (channel, last_message_id);

create table if not exists channel_counts (
    channel         text primary key,
    message_count   integer not null
) strict, without rowid;

create table if not exists messages (
    message_id      integer primary key autoincrement,
    chat_key        text not null,
    channel         text not null,
    subject         text,
    text            text not null,
    link            text,
    detail          text,
    state           text,
    received_at     real not null
) strict;
create index if not exists messages_of_chat on messages (chat_key, message_id);
create index if not exists messages_of_channel on messages (channel, message_id);

create table if not exists quota_counters (
    day             text not null,
    subject         text not null,
    used            integer not null,
    primary key (day, subject)
) strict;

-- Calls that are to fail; a plan that has nothing more to come is deleted.
create table if not exists planned_faults (
    fault_id        integer primary key autoincrement,
    target          text not null,
    receiver        text,
    steps           text not null,
    calls_left      integer,
    calls_seen      integer not null default 0,
    rate            real,
    seed            integer not null default 0
) strict;
create index if not exists planned_faults_target on planned_faults (target, receiver);

-- How the sandbox behaves until somebody says otherwise.
create table if not exists switches (
    name            text primary key,
    value           text not null
) strict;

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
    unique (app_key, customer_id),
    unique (app_key, uuid)
) strict;

-- One per person and channel; other channels (Alimtalk by telephone number) add chats with keys of their own.
create table if not exists chats (
    chat_key        text primary key,
    channel         text not null,
    customer_id     text,
    title           text not null,
    last_message_id integer not null,
    message_count   integer not null
) strict;
create index if not exists chats_newest on chats (last_message_id);

create table if not exists messages (
    message_id      integer primary key autoincrement,
    chat_key        text not null,
    channel         text not null,
    text            text not null,
    link            text,
    received_at     real not null
) strict;
create index if not exists messages_of_chat on messages (chat_key, message_id);

create table if not exists quota_counters (
    day             text not null,
    subject         text not null,
    used            integer not null,
    primary key (day, subject)
) strict;

create table if not exists faults (
    fault_id        integer primary key,
    kind            text not null,
    target          text not null,
    status          integer,
    code            integer,
    uuid            text,
    seconds         real not null,
    calls_left      integer not null
) strict;

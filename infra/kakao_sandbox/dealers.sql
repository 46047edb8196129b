-- What the two dealers of Alimtalk remember; instants are seconds since 1970.

-- A message that was taken, with what will become of it: `fate` and `text_fate` are decided on arrival and told later.
create table if not exists deliveries (
    delivery_id     integer primary key,
    dealer          text not null check (dealer in ('nhn', 'solapi')),
    -- NHN's requestId and recipientSeq; SOLAPI's groupId and the place in the group.
    request_id      text not null,
    sequence        integer not null,
    -- SOLAPI's messageId.
    message_id      text,
    -- taken: not with Kakao yet; sent: the report is due; resending: a text message takes its place.
    phase           text not null check (phase in ('taken', 'sent', 'resending', 'done')),
    kind            text not null check (kind in ('ATA', 'SMS', 'LMS')),
    address         text not null,
    sender          text,
    template        text,
    text            text not null,
    -- NHN's recipientGroupingKey; SOLAPI's customFields as JSON.
    reference       text,
    -- The text message that replaces it; no kind where none does.
    text_kind       text check (text_kind in ('SMS', 'LMS')),
    text_subject    text,
    text_body       text,
    text_sender     text,
    fate            text not null,
    text_fate       text,
    -- The dealer's result code once it is known, and that of the text message.
    code            text,
    text_code       text,
    created_at      real not null,
    updated_at      real not null,
    -- When it enters its next phase, and how long each phase lasts.
    due_at          real,
    delay           real not null,
    -- The message in the inbox.
    inbox_id        integer,
    unique (request_id, sequence)
) strict;
create unique index if not exists deliveries_message on deliveries (message_id) where message_id is not null;
create index if not exists deliveries_due on deliveries (due_at) where due_at is not null;
create index if not exists deliveries_updated on deliveries (dealer, updated_at);
create index if not exists deliveries_created on deliveries (dealer, created_at);
create index if not exists deliveries_grouped on deliveries (dealer, reference) where reference is not null;

-- One call: NHN's request, SOLAPI's group.
create table if not exists dealer_requests (
    request_id      text primary key,
    dealer          text not null,
    grouping_key    text,
    total           integer not null,
    refused         integer not null,
    requested_at    real not null,
    created_at      real not null,
    allows_copies   integer not null default 0
) strict;
create index if not exists dealer_requests_created on dealer_requests (dealer, created_at);

-- NHN answers a key that it saw within ten minutes with -1005.
create table if not exists nhn_keys (
    idempotency_key text primary key,
    used_at         real not null
) strict, without rowid;
create index if not exists nhn_keys_used on nhn_keys (used_at);

-- SOLAPI takes a signature once.
create table if not exists solapi_signatures (
    signature       text primary key,
    used_at         real not null
) strict, without rowid;
create index if not exists solapi_signatures_used on solapi_signatures (used_at);

-- Fates on order, for messages that are still to come.
create table if not exists ordered_fates (
    order_id        integer primary key autoincrement,
    dealer          text,
    address         text,
    code            text,
    text_code       text,
    delay           real,
    rate            real,
    seed            integer not null default 0,
    seen            integer not null default 0,
    messages_left   integer
) strict;

-- Results that NHN's webhook is still to be told, or was; `due_at` is null once that is over.
create table if not exists nhn_hooks (
    hook_id         text primary key,
    delivery_id     integer not null references deliveries,
    tries           integer not null default 0,
    due_at          real,
    told_at         real
) strict, without rowid;
create index if not exists nhn_hooks_due on nhn_hooks (due_at) where due_at is not null;

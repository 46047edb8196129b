-- The fraud database: every table of the path of one transaction, and the rights of the roles that use them.

create table batches (
    batch_id            bigint generated always as identity primary key,
    source              text not null check (source in ('live', 'history')),
    state               text not null check (state in ('validated', 'scored', 'held', 'loaded')),
    run_id              text,
    landed_count        integer not null check (landed_count >= 0),
    valid_count         integer not null default 0 check (valid_count >= 0),
    quarantined_count   integer not null default 0 check (quarantined_count >= 0),
    repeated_count      integer not null default 0 check (repeated_count >= 0),
    unanimous_count     integer not null default 0 check (unanimous_count >= 0),
    held_reason         text,
    first_landed_at     timestamptz,
    claimed_at          timestamptz not null,
    validated_at        timestamptz,
    scored_at           timestamptz,
    constraint every_row_has_an_outcome
        check (state = 'held' or landed_count = valid_count + quarantined_count + repeated_count),
    constraint held_batches_say_why check (state <> 'held' or held_reason is not null),
    constraint history_is_never_scored check (source <> 'history' or state in ('loaded', 'held'))
);
create index batches_unfinished on batches (batch_id) where state = 'validated';
create index batches_claimed_at on batches (claimed_at);

-- Text throughout, because a producer may write anything: nothing is refused here, everything is judged later.
create table landed_transactions (
    landed_id           bigint generated always as identity primary key,
    landed_at           timestamptz not null default clock_timestamp(),
    batch_id            bigint references batches,
    transaction_id      text,
    occurred_at         text,
    customer_id         text,
    merchant_id         text,
    merchant_name       text,
    category            text,
    amount              text,
    currency            text,
    card_number         text,
    customer_latitude   text,
    customer_longitude  text,
    merchant_latitude   text,
    merchant_longitude  text
);
create index landed_transactions_unclaimed on landed_transactions (landed_id) where batch_id is null;

create table transactions (
    transaction_id      text primary key,
    batch_id            bigint not null references batches,
    landed_id           bigint not null unique,
    landed_at           timestamptz not null,
    occurred_at         timestamptz not null,
    customer_id         text not null,
    merchant_id         text not null,
    merchant_name       text,
    category            text,
    amount              numeric(15, 3) not null constraint amount_is_positive check (amount > 0),
    currency            char(3) not null,
    card_masked         text,
    customer_latitude   double precision,
    customer_longitude  double precision,
    merchant_latitude   double precision,
    merchant_longitude  double precision
);
create index transactions_batch on transactions (batch_id);
create index transactions_customer_window on transactions (customer_id, occurred_at);
create index transactions_merchant_window on transactions (merchant_id, occurred_at);
create index transactions_occurred_at on transactions (occurred_at);
create index transactions_landed_at on transactions (landed_at);

create table quarantined_transactions (
    quarantine_id       bigint generated always as identity primary key,
    landed_id           bigint not null unique references landed_transactions,
    batch_id            bigint not null references batches,
    quarantined_at      timestamptz not null default clock_timestamp(),
    reasons             text[] not null constraint quarantined_rows_say_why check (cardinality(reasons) > 0),
    landed_row          jsonb not null,
    released_at         timestamptz,
    released_landed_id  bigint references landed_transactions,
    constraint released_rows_landed_again check ((released_at is null) = (released_landed_id is null))
);
create index quarantined_transactions_at on quarantined_transactions (quarantined_at);

-- A correction is a further row with a later known_at; no row is ever changed.
create table labels (
    label_id            bigint generated always as identity primary key,
    transaction_id      text not null,
    is_fraud            boolean not null,
    source              text not null,
    known_at            timestamptz not null,
    recorded_at         timestamptz not null default clock_timestamp(),
    constraint one_label_per_source_and_instant unique (transaction_id, source, known_at)
);
create index labels_fraud on labels (transaction_id, known_at) where is_fraud;
create index labels_known_at on labels (known_at);

create table customers (
    customer_id         text primary key,
    name                text,
    language            text not null default 'ko' check (language in ('ko', 'en')),
    channel             text check (channel in ('kakao_friends', 'kakao_memo')),
    kakao_uuid          text,
    consented_at        timestamptz,
    created_at          timestamptz not null default clock_timestamp(),
    constraint friends_have_a_uuid check (channel is distinct from 'kakao_friends' or kakao_uuid is not null)
);

create table panels (
    panel_id            bigint generated always as identity primary key,
    state               text not null check (state in ('candidate', 'challenger', 'champion', 'retired', 'rejected')),
    policy              text not null default 'unanimous' check (policy in ('unanimous', 'majority')),
    messages_per_10k    double precision not null check (messages_per_10k > 0),
    mlflow_run_id       text not null,
    trained_from        timestamptz not null,
    trained_until       timestamptz not null,
    judged_from         timestamptz not null,
    judged_until        timestamptz not null,
    decision            text,
    figures             jsonb not null default '{}',
    created_at          timestamptz not null default clock_timestamp(),
    promoted_at         timestamptz,
    retired_at          timestamptz,
    constraint champions_were_promoted check (state <> 'champion' or promoted_at is not null)
);
create unique index one_champion on panels (state) where state = 'champion';
create unique index at_most_one_challenger on panels (state) where state = 'challenger';

create table panel_members (
    panel_id            bigint not null references panels,
    member              text not null,
    model_name          text not null,
    model_version       integer not null,
    threshold           double precision not null check (threshold >= 0),
    primary key (panel_id, member),
    unique (panel_id, model_name, model_version)
);

create table predictions (
    transaction_id      text not null references transactions,
    panel_id            bigint not null,
    member              text not null,
    score               double precision not null constraint score_is_a_probability check (score between 0 and 1),
    is_fraud_vote       boolean not null,
    scored_at           timestamptz not null,
    primary key (transaction_id, panel_id, member),
    foreign key (panel_id, member) references panel_members
);
create index predictions_scored_at on predictions (scored_at);

-- Three counts and no opinion: what they mean is said once, in the view unanimous_fraud.
create table verdicts (
    transaction_id      text not null references transactions,
    panel_id            bigint not null references panels,
    batch_id            bigint not null references batches,
    votes               smallint not null,
    voters              smallint not null,
    members             smallint not null,
    panel_score         double precision not null,
    reasons             text[] not null default '{}',
    scored_at           timestamptz not null,
    primary key (transaction_id, panel_id),
    constraint votes_come_from_voters check (0 <= votes and votes <= voters and voters <= members and members > 0)
);
create index verdicts_scored_at on verdicts (scored_at);
create index verdicts_batch on verdicts (batch_id);
create index verdicts_fraud on verdicts (scored_at) where votes = members;

create view unanimous_fraud as
    select * from verdicts where voters = members and votes = members;
comment on view unanimous_fraud is
    'The one definition: every member that the panel names has voted, and all voted fraud.';

create view majority_fraud as
    select * from verdicts where 2 * votes > members;
comment on view majority_fraud is
    'More than half of the members that the panel names voted fraud; a missing member counts against.';

create table alerts (
    alert_id            bigint generated always as identity primary key,
    transaction_id      text not null constraint one_alert_per_transaction unique references transactions,
    panel_id            bigint not null references panels,
    customer_id         text not null,
    reference           text not null unique,
    state               text not null default 'pending' check (state in (
                            'pending', 'sending', 'delivered', 'accepted', 'failed', 'unknown', 'deferred', 'suppressed')),
    channel             text,
    attempts            smallint not null default 0,
    due_at              timestamptz not null default clock_timestamp(),
    created_at          timestamptz not null default clock_timestamp(),
    claimed_at          timestamptz,
    accepted_at         timestamptz,
    finished_at         timestamptz,
    last_error          text,
    constraint sending_alerts_are_claimed check (state <> 'sending' or claimed_at is not null),
    constraint taken_alerts_say_when check (state not in ('delivered', 'accepted') or accepted_at is not null),
    constraint lost_alerts_say_why check (state not in ('failed', 'unknown') or last_error is not null)
);
create index alerts_due on alerts (due_at) where state in ('pending', 'deferred');
create index alerts_sending on alerts (claimed_at) where state = 'sending';
create index alerts_created_at on alerts (created_at);

create table alert_attempts (
    attempt_id          bigint generated always as identity primary key,
    alert_id            bigint not null references alerts,
    channel             text not null,
    started_at          timestamptz not null,
    finished_at         timestamptz,
    outcome             text check (outcome in ('delivered', 'accepted', 'rejected', 'unavailable', 'unknown')),
    code                text,
    detail              text
);
create index alert_attempts_alert on alert_attempts (alert_id);

-- Tokens are encrypted by the application; the database never sees them in clear.
create table channel_tokens (
    connection_id       text primary key,
    access_token        bytea,
    access_expires_at   timestamptz,
    refresh_token       bytea not null,
    rotated_at          timestamptz not null
);

create table validation_results (
    result_id           bigint generated always as identity primary key,
    batch_id            bigint references batches,
    subject             text not null check (subject in ('batch', 'training')),
    ran_at              timestamptz not null default clock_timestamp(),
    is_success          boolean not null,
    evaluated           integer not null,
    unsuccessful        integer not null,
    result              jsonb not null
);
create index validation_results_ran_at on validation_results (ran_at);

create table panel_measures (
    panel_id            bigint not null references panels,
    member              text not null default 'panel',
    measure             text not null,
    value               double precision not null,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    measured_at         timestamptz not null default clock_timestamp(),
    primary key (panel_id, member, measure, measured_until)
);

-- How far a file was read, written in the transaction that wrote its rows: a load that was cut off goes on.
create table file_positions (
    fingerprint         text not null,
    purpose             text not null check (purpose in ('load', 'replay', 'replay_labels')),
    file_name           text not null,
    rows_done           bigint not null default 0 check (rows_done >= 0),
    updated_at          timestamptz not null default clock_timestamp(),
    finished_at         timestamptz,
    primary key (fingerprint, purpose)
);

revoke create on schema public from public;
grant usage on schema public to jikimi, producer;
grant select, insert, update on all tables in schema public to jikimi;
grant usage on all sequences in schema public to jikimi;
grant insert (transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category, amount, currency,
    card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
    on landed_transactions to producer;

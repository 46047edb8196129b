-- Tables that grow for ever become tables of months, so that an old month can go and a query reads the months it needs.
-- The old ones step aside with all their names; views are made again when the new ones are there.

drop schema reporting cascade;
drop view unanimous_fraud, majority_fraud;
create schema before_partitions;
alter table alerts drop constraint alerts_transaction_id_fkey;
alter table quarantined_transactions drop constraint quarantined_transactions_landed_id_fkey,
    drop constraint quarantined_transactions_released_landed_id_fkey;
alter table predictions set schema before_partitions;
alter table verdicts set schema before_partitions;
alter table transactions set schema before_partitions;
alter table landed_transactions set schema before_partitions;

-- No foreign key of these leads to batches: making a month would have to lock that table against every other batch,
-- and rows are written in the database transaction that wrote or locked their batch.

create sequence landed_transactions_landed_id_seq;
create table landed_transactions (
    landed_id           bigint not null default nextval('landed_transactions_landed_id_seq'),
    landed_at           timestamptz not null default clock_timestamp(),
    batch_id            bigint,
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
    merchant_longitude  text,
    primary key (landed_id, landed_at)
) partition by range (landed_at);
alter sequence landed_transactions_landed_id_seq owned by landed_transactions.landed_id;
create index landed_transactions_unclaimed on landed_transactions (landed_id) where batch_id is null;
create table landed_transactions_default partition of landed_transactions default;
comment on table landed_transactions_default is
    'Rows that found no month: a producer is never refused. The maintenance moves them.';

create table transactions (
    transaction_id      text not null,
    batch_id            bigint not null,
    landed_id           bigint not null,
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
    merchant_longitude  double precision,
    primary key (transaction_id, occurred_at)
) partition by range (occurred_at);
create index transactions_batch on transactions (batch_id);
create index transactions_customer_window on transactions (customer_id, occurred_at);
create index transactions_merchant_window on transactions (merchant_id, occurred_at);
create index transactions_occurred_at on transactions (occurred_at);

-- A table of months can hold an id unique within a month only; this one holds it over all of them.
create table transaction_keys (
    transaction_id      text primary key,
    occurred_at         timestamptz not null
);
comment on table transaction_keys is 'Every transaction_id once, and the instant by which its month is found.';

create table verdicts (
    transaction_id      text not null,
    panel_id            bigint not null references panels,
    batch_id            bigint not null,
    votes               smallint not null,
    voters              smallint not null,
    members             smallint not null,
    panel_score         double precision not null,
    reasons             text[] not null default '{}',
    scored_at           timestamptz not null,
    is_shadow           boolean not null default false,
    contributions       jsonb not null default '[]',
    explanation_ko      text,
    explanation_en      text,
    occurred_at         timestamptz not null,
    primary key (transaction_id, panel_id, occurred_at),
    constraint votes_come_from_voters check (0 <= votes and votes <= voters and voters <= members and members > 0)
) partition by range (occurred_at);
comment on column verdicts.is_shadow is 'The panel was challenger then: nobody was told, and no dashboard counts it.';
comment on column verdicts.contributions is
    'Of rows that every member called fraud: what moved the panel most, as {"feature", "value", "contribution"}.';
comment on column verdicts.occurred_at is 'That of the transaction: both lie in the same month.';
create index verdicts_scored_at on verdicts (scored_at);
create index verdicts_batch on verdicts (batch_id);
create index verdicts_fraud on verdicts (scored_at) where votes = members and not is_shadow;

-- No foreign key: votes are written together with their verdict, which has them.
create table predictions (
    transaction_id      text not null,
    panel_id            bigint not null,
    member              text not null,
    score               double precision not null constraint score_is_a_probability check (score between 0 and 1),
    is_fraud_vote       boolean not null,
    scored_at           timestamptz not null,
    occurred_at         timestamptz not null,
    primary key (transaction_id, panel_id, member, occurred_at)
) partition by range (occurred_at);
create index predictions_scored_at on predictions (scored_at);

-- Whoever writes a transaction writes its key, in one order for all, so that two batches with the same ids wait for
-- each other instead of deadlocking.
create function keep_transaction_keys() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
    insert into public.transaction_keys (transaction_id, occurred_at)
    select transaction_id, occurred_at from written order by transaction_id;
    return null;
end $$;
revoke all on function keep_transaction_keys() from public;

select ensure_months(array(select distinct month_of(occurred_at) from before_partitions.transactions) || now());
select create_month('landed_transactions', month), attach_month('landed_transactions', month)
from (select distinct month_of(landed_at) as month from before_partitions.landed_transactions) months;
insert into landed_transactions
    (landed_id, landed_at, batch_id, transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category,
    amount, currency, card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
select landed_id, landed_at, batch_id, transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category,
    amount, currency, card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from before_partitions.landed_transactions order by landed_id;
select ensure_landed_months(3);
select setval('landed_transactions_landed_id_seq', last_value, is_called)
from before_partitions.landed_transactions_landed_id_seq;

insert into transactions
    (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id, merchant_name, category,
    amount, currency, card_masked, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
select transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id, merchant_name, category,
    amount, currency, card_masked, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude
from before_partitions.transactions order by occurred_at;
insert into transaction_keys select transaction_id, occurred_at from transactions;
create trigger keys_are_kept after insert on transactions
    referencing new table as written for each statement execute function keep_transaction_keys();

insert into verdicts
    (transaction_id, panel_id, batch_id, votes, voters, members, panel_score, reasons, scored_at, is_shadow,
    contributions, explanation_ko, explanation_en, occurred_at)
select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score, v.reasons, v.scored_at,
    v.is_shadow, v.contributions, v.explanation_ko, v.explanation_en, k.occurred_at
from before_partitions.verdicts v join transaction_keys k using (transaction_id) order by v.scored_at;
insert into predictions (transaction_id, panel_id, member, score, is_fraud_vote, scored_at, occurred_at)
select p.transaction_id, p.panel_id, p.member, p.score, p.is_fraud_vote, p.scored_at, k.occurred_at
from before_partitions.predictions p join transaction_keys k using (transaction_id) order by p.scored_at;

alter table alerts add column occurred_at timestamptz,
    -- The alert that told of others may be older than what is kept, and they may not be.
    drop constraint alerts_folded_into_fkey,
    -- Checked at the commit: the registry is written at the end of the statement that writes the transaction.
    add constraint alerts_have_a_transaction foreign key (transaction_id) references transaction_keys
        deferrable initially deferred;
update alerts a set occurred_at = k.occurred_at from transaction_keys k where k.transaction_id = a.transaction_id;
-- The checks of that update are due before the table may change again.
set constraints all immediate;
alter table alerts alter column occurred_at set not null;
comment on column alerts.occurred_at is 'That of the transaction, by which its month is found.';
comment on column alerts.folded_into is 'The alert whose message told of this one too; it may be gone by now.';
create index alerts_occurred_at on alerts (occurred_at);
create index alerts_accepted_at on alerts (accepted_at);

alter table batches add column first_occurred_at timestamptz, add column last_occurred_at timestamptz;
update batches b set first_occurred_at = t.first, last_occurred_at = t.last
from (select batch_id, min(occurred_at) as first, max(occurred_at) as last from transactions group by batch_id) t
where t.batch_id = b.batch_id;
alter table batches add constraint batches_with_rows_say_when
    check (valid_count = 0 or (first_occurred_at is not null and last_occurred_at is not null));
create index batches_scored_at on batches (scored_at);
comment on column batches.first_occurred_at is 'Of its valid rows: the months in which they are found.';
comment on column batches.last_occurred_at is 'Of its valid rows: the months in which they are found.';

create view unanimous_fraud as
    select * from verdicts where voters = members and votes = members;
comment on view unanimous_fraud is
    'The one definition: every member that the panel names has voted, and all voted fraud.';
create view majority_fraud as
    select * from verdicts where 2 * votes > members;
comment on view majority_fraud is
    'More than half of the members that the panel names voted fraud; a missing member counts against.';

drop schema before_partitions cascade;

grant select, insert, update on landed_transactions, transactions, verdicts, predictions to jikimi;
grant select on transaction_keys, unanimous_fraud, majority_fraud to jikimi;
grant usage on sequence landed_transactions_landed_id_seq to jikimi, producer;
grant insert (transaction_id, occurred_at, customer_id, merchant_id, merchant_name, category, amount, currency,
    card_number, customer_latitude, customer_longitude, merchant_latitude, merchant_longitude)
    on landed_transactions to producer;

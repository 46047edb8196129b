-- A challenger scores in the shadow, every decision on a panel is kept, and a unanimous verdict says why in figures.

alter table verdicts
    add column is_shadow        boolean not null default false,
    add column contributions    jsonb not null default '[]',
    add column explanation_ko   text,
    add column explanation_en   text;
comment on column verdicts.is_shadow is 'The panel was challenger then: nobody was told, and no dashboard counts it.';
comment on column verdicts.contributions is
    'Of rows that every member called fraud: what moved the panel most, as {"feature", "value", "contribution"}.';

drop index verdicts_fraud;
create index verdicts_fraud on verdicts (scored_at) where votes = members and not is_shadow;

-- Again, because a view keeps the columns that its table had when it was made.
create or replace view unanimous_fraud as
    select * from verdicts where voters = members and votes = members;
create or replace view majority_fraud as
    select * from verdicts where 2 * votes > members;

alter table panel_members
    add column artifact_sha256 text,
    add constraint digests_are_sha256 check (artifact_sha256 ~ '^[0-9a-f]{64}$');
comment on column panel_members.artifact_sha256 is 'Of the files in the registry when they were written; null before 0003.';

alter table panels
    add column champion_figures jsonb,
    add column decided_at       timestamptz,
    add column decided_by       text;
comment on column panels.champion_figures is 'What the champion of that day reached on the same window.';

-- Only ever added to: a panel can be promoted, retired and brought back.
create table panel_decisions (
    decision_id         bigint generated always as identity primary key,
    panel_id            bigint not null references panels,
    decision            text not null check (decision in ('promoted', 'rejected', 'challenging', 'rolled_back', 'retired')),
    sentence            text not null,
    decided_by          text not null,
    decided_at          timestamptz not null default clock_timestamp(),
    replaced_panel_id   bigint references panels,
    figures             jsonb not null default '{}',
    champion_figures    jsonb
);
create index panel_decisions_panel on panel_decisions (panel_id);
create index panel_decisions_decided_at on panel_decisions (decided_at);
grant select, insert on panel_decisions to jikimi;
grant usage on sequence panel_decisions_decision_id_seq to jikimi;

create or replace view reporting.verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score,
        array_to_string(v.reasons, ', ') as reasons, v.scored_at,
        exists (select from unanimous_fraud u
            where u.transaction_id = v.transaction_id and u.panel_id = v.panel_id) as is_unanimous,
        exists (select from majority_fraud m
            where m.transaction_id = v.transaction_id and m.panel_id = v.panel_id) as is_majority,
        v.explanation_ko, v.explanation_en
    from verdicts v
    where not v.is_shadow;
comment on view reporting.verdicts is 'The votes that counted; what a challenger says in the shadow is in shadow_verdicts.';

create or replace view reporting.unanimous_fraud as
    select t.transaction_id, u.panel_id, u.batch_id, u.scored_at, t.landed_at, t.occurred_at, t.customer, t.merchant_id,
        t.merchant, t.category, t.amount, t.currency, t.merchant_latitude, t.merchant_longitude, u.votes, u.voters,
        u.members, u.panel_score, array_to_string(u.reasons, ', ') as reasons, u.explanation_ko, u.explanation_en
    from unanimous_fraud u join reporting.transactions t using (transaction_id)
    where not u.is_shadow;

create or replace view reporting.majority_fraud as
    select t.transaction_id, m.panel_id, m.batch_id, m.scored_at, t.landed_at, t.occurred_at, t.customer, t.merchant_id,
        t.merchant, t.category, t.amount, t.currency, t.merchant_latitude, t.merchant_longitude, m.votes, m.voters,
        m.members, m.panel_score, array_to_string(m.reasons, ', ') as reasons
    from majority_fraud m join reporting.transactions t using (transaction_id)
    where not m.is_shadow;

create view reporting.shadow_verdicts as
    select v.transaction_id, v.panel_id, v.batch_id, v.votes, v.voters, v.members, v.panel_score, v.scored_at,
        exists (select from unanimous_fraud u
            where u.transaction_id = v.transaction_id and u.panel_id = v.panel_id) as is_unanimous
    from verdicts v
    where v.is_shadow;
comment on view reporting.shadow_verdicts is 'What a challenger would have said; nobody was told.';

create view reporting.panel_decisions as
    select decision_id, panel_id, decision, sentence, decided_by, decided_at, replaced_panel_id, figures, champion_figures
    from panel_decisions;
comment on view reporting.panel_decisions is 'Who promoted, refused or brought back which panel, when and why.';

grant select on reporting.shadow_verdicts, reporting.panel_decisions to grafana;

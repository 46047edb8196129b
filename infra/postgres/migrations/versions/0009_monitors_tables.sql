-- What the monitors see: the vote, drift from a reference kept with the panel, performance, data, and alarms.

-- Counted once, when the panel was trained: a reference that is computed anew drifts with the data.
create table panel_references (
    panel_id            bigint not null references panels,
    kind                text not null check (kind in ('feature', 'score', 'vote')),
    name                text not null,
    reference_rows      integer not null check (reference_rows >= 0),
    reference           jsonb not null,
    created_at          timestamptz not null default clock_timestamp(),
    primary key (panel_id, kind, name)
);
comment on table panel_references is
    'What the judged rows of a training looked like: edges and counts of features and scores, and how often each voted.';

create table panel_votes (
    panel_id            bigint not null references panels,
    is_shadow           boolean not null,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    scored_rows         bigint not null,
    unanimous_rows      bigint not null,
    majority_rows       bigint not null,
    disputed_rows       bigint not null,
    incomplete_rows     bigint not null,
    primary key (panel_id, is_shadow, measured_until),
    constraint votes_are_of_scored_rows
        check (unanimous_rows <= majority_rows and greatest(majority_rows, disputed_rows, incomplete_rows) <= scored_rows)
);
comment on column panel_votes.disputed_rows is 'Some of the members that voted said fraud, and some did not.';
comment on column panel_votes.incomplete_rows is 'A member that the panel names did not vote.';
create index panel_votes_until on panel_votes (measured_until);

create table member_votes (
    panel_id            bigint not null,
    member              text not null,
    is_shadow           boolean not null,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    scored_rows         bigint not null,
    fraud_rows          bigint not null,
    missing_rows        bigint not null,
    score_low           double precision,
    score_high          double precision,
    score_mean          double precision,
    score_p50           double precision,
    score_p95           double precision,
    score_p99           double precision,
    primary key (panel_id, member, is_shadow, measured_until),
    foreign key (panel_id, member) references panel_members,
    constraint members_vote_on_scored_rows check (fraud_rows + missing_rows <= scored_rows)
);
create index member_votes_until on member_votes (measured_until);

create table member_agreements (
    panel_id            bigint not null,
    member              text not null,
    other               text not null,
    is_shadow           boolean not null,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    both_rows           bigint not null,
    agreeing_rows       bigint not null,
    both_fraud_rows     bigint not null,
    primary key (panel_id, member, other, is_shadow, measured_until),
    constraint pairs_have_an_order check (member < other),
    constraint agreement_has_both check (both_fraud_rows <= agreeing_rows and agreeing_rows <= both_rows)
);
create index member_agreements_until on member_agreements (measured_until);

create table drift_measures (
    panel_id            bigint not null references panels,
    kind                text not null check (kind in ('feature', 'score', 'panel')),
    name                text not null,
    state               text not null check (state in ('measured', 'too_few_rows', 'no_reference')),
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    window_rows         bigint not null,
    psi                 double precision,
    missing_share       double precision,
    reference_missing_share double precision,
    unseen_share        double precision,
    is_calendar         boolean not null default false,
    measured_at         timestamptz not null default clock_timestamp(),
    primary key (panel_id, kind, name, measured_until),
    constraint measured_drift_has_a_figure check ((state = 'measured') = (psi is not null)),
    constraint reasons_are_of_the_panel check ((state = 'measured') = (kind <> 'panel'))
);
comment on column drift_measures.psi is 'Population stability index of the window against the reference; 0.2 is much.';
comment on column drift_measures.is_calendar is 'What says the time of day or week: it differs in any window, and raises no alarm.';
create index drift_measures_until on drift_measures (measured_until);

create table performance_measures (
    panel_id            bigint not null references panels,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    delay_days          double precision not null check (delay_days >= 0),
    scored_rows         bigint not null,
    active_customers    bigint not null,
    messages            bigint not null,
    hits                bigint,
    frauds              bigint,
    amount_caught       double precision,
    amount_missed       double precision,
    estimated_hits      double precision not null,
    estimated_frauds    double precision not null,
    measured_at         timestamptz not null default clock_timestamp(),
    primary key (panel_id, measured_until, delay_days),
    constraint labels_take_time check ((delay_days = 0) = (hits is null))
);
comment on table performance_measures is
    'Days of the transactions'' own time, with the labels that were known within a delay; delay 0 is before any label.';
create index performance_measures_until on performance_measures (measured_until);

create table data_measures (
    measure             text not null,
    subject             text not null default '',
    value               double precision not null,
    expected            double precision,
    measured_from       timestamptz not null,
    measured_until      timestamptz not null,
    primary key (measure, subject, measured_until)
);
create index data_measures_until on data_measures (measured_until);

create table monitor_alarms (
    alarm_id            bigint generated always as identity primary key,
    kind                text not null,
    part                text not null check (part in ('vote', 'drift', 'performance', 'data')),
    subject             text not null default '',
    panel_id            bigint references panels,
    opened_at           timestamptz not null,
    last_seen_at        timestamptz not null,
    closed_at           timestamptz,
    figures             jsonb not null default '{}',
    sentence_ko         text not null,
    sentence_en         text not null,
    link                text not null,
    told_opened_at      timestamptz,
    told_closed_at      timestamptz,
    constraint alarms_end_after_they_began check (opened_at <= last_seen_at and last_seen_at <= closed_at),
    constraint ends_are_told_after_beginnings check (told_closed_at is null or told_opened_at is not null)
);
comment on column monitor_alarms.subject is 'The member, feature or reason that the alarm is about.';
comment on column monitor_alarms.link is 'Path of the dashboard that shows it.';
create unique index one_open_alarm on monitor_alarms (kind, subject) where closed_at is null;
create index monitor_alarms_opened_at on monitor_alarms (opened_at);
create index monitor_alarms_closed_at on monitor_alarms (closed_at);
create index monitor_alarms_untold on monitor_alarms (alarm_id)
    where told_opened_at is null or (closed_at is not null and told_closed_at is null);

create table training_requests (
    request_id          bigint generated always as identity primary key,
    panel_id            bigint not null references panels,
    run_id              text not null constraint one_request_per_run unique,
    sentence            text not null,
    requested_at        timestamptz not null
);
comment on table training_requests is 'Trainings that drift started; run_id is that of the monitor.';
create index training_requests_at on training_requests (requested_at);

alter table staff_notices
    drop constraint staff_notices_kind_check,
    add constraint known_notices check (kind in ('digest', 'deliveries', 'alarms'));

grant select, insert, update on panel_references, panel_votes, member_votes, member_agreements, drift_measures,
    performance_measures, data_measures, monitor_alarms, training_requests to jikimi;
grant usage on sequence monitor_alarms_alarm_id_seq, training_requests_request_id_seq to jikimi;

-- Every alert arrives once, or a person knows why not: routes with consent, tries, quotas, reports, notices to staff.

-- A customer's route: the channels in the order in which they are tried. No row is deleted: a channel that is no longer
-- wanted loses its position, a consent that was withdrawn its instant.
create table customer_channels (
    customer_id         text not null references customers,
    channel             text not null constraint known_channels check (
                            channel in ('alimtalk', 'kakao_friends', 'kakao_memo', 'email', 'discord')),
    position            smallint constraint positions_count_from_one check (position > 0),
    address             text,
    consented_at        timestamptz,
    primary key (customer_id, channel),
    constraint channels_have_an_address check (channel in ('kakao_memo', 'discord') or address is not null)
);
comment on column customer_channels.position is 'Place in the route, from 1; null where the channel is not used.';
comment on column customer_channels.address is
    'Telephone number, uuid of the friend, e-mail address or Discord thread; none needed for a memo or Discord''s own channel.';

insert into customer_channels (customer_id, channel, position, address, consented_at)
select customer_id, channel, 1, case channel when 'kakao_friends' then kakao_uuid end, consented_at
from customers where channel is not null;
alter table customers drop column channel, drop column kakao_uuid, drop column consented_at;

-- What the version before left half done: as its own recovery would have settled it.
update alerts a set state = 'unknown', claimed_at = null, last_error = 'the sender stopped before it heard an answer'
where state = 'sending' and exists (
    select from alert_attempts t where t.alert_id = a.alert_id and t.finished_at is null);
update alerts set state = 'pending', claimed_at = null where state = 'sending';
update alert_attempts set finished_at = clock_timestamp(), outcome = 'unknown', detail = 'the sender stopped'
where finished_at is null;

alter table alerts
    add column claims           integer not null default 0,
    add column struck_channels  text[] not null default '{}',
    add column wait_reason      text constraint waits_are_explained check (
                                    wait_reason in ('retry', 'fall_back', 'quota', 'cool_down', 'channel_down', 'operator')),
    add column folded_into      bigint references alerts,
    add column folded_count     integer not null default 0 check (folded_count >= 0),
    add column staff_told_at    timestamptz,
    drop constraint alerts_state_check,
    add constraint known_states check (state in (
        'pending', 'sending', 'delivered', 'accepted', 'failed', 'unknown', 'deferred', 'suppressed', 'cancelled')),
    drop constraint lost_alerts_say_why,
    add constraint lost_alerts_say_why check (state not in ('failed', 'unknown', 'cancelled') or last_error is not null),
    add constraint suppressed_alerts_are_folded check ((state = 'suppressed') = (folded_into is not null)),
    add constraint no_alert_is_folded_into_itself check (folded_into <> alert_id);
comment on column alerts.claims is 'How often a sender took the alert; a sender whose number is old has lost it.';
comment on column alerts.attempts is 'Tries since the alert was made, or since a person had it sent again.';
comment on column alerts.struck_channels is 'Channels of the route that refused this alert for good, or were passed over.';
comment on column alerts.folded_into is 'The alert whose message told of this one too.';
comment on column alerts.folded_count is 'How many further alerts the message of this one tells of.';
comment on column alerts.staff_told_at is 'When staff were last told that it failed or may not have arrived.';

-- The serialization of all senders: a customer has one message under way, whatever else happens.
create unique index one_message_at_a_time on alerts (customer_id) where state = 'sending';
create index alerts_customer on alerts (customer_id, alert_id desc);
-- What a claim asks of a customer costs the same however long the customer's history is.
create index alerts_waiting on alerts (customer_id) where state in ('pending', 'deferred');
create index alerts_told on alerts (customer_id, (coalesce(accepted_at, due_at)))
    where state in ('delivered', 'accepted', 'unknown');
create index alerts_accepted on alerts (accepted_at) where state = 'accepted';
create index alerts_untold on alerts (alert_id)
    where state in ('failed', 'unknown') and (staff_told_at is null or finished_at > staff_told_at);
create index alerts_unknown on alerts (alert_id) where state = 'unknown';
create index alerts_folded on alerts (folded_into) where folded_into is not null;

alter table alert_attempts
    add column connection_id    text,
    add column call_id          uuid,
    add column dealer_id        text,
    add column repeatable_until timestamptz,
    add column reported_at      timestamptz;
comment on column alert_attempts.call_id is 'The request that this try was part of; the idempotency key where the channel has one.';
comment on column alert_attempts.dealer_id is 'How the dealer calls this message.';
comment on column alert_attempts.repeatable_until is 'Until then the same request may be sent again: the dealer knows its key.';
comment on column alert_attempts.reported_at is 'When a delivery report settled it.';
create unique index one_open_attempt on alert_attempts (alert_id) where finished_at is null;
create index alert_attempts_call on alert_attempts (call_id) where finished_at is null;
create index alert_attempts_dealer on alert_attempts (dealer_id) where dealer_id is not null;

-- Counted before sending, from midnight to midnight in Korea. A receiver is named by a digest.
create table channel_quotas (
    connection_id       text not null,
    day                 date not null,
    subject             text not null,
    used                integer not null,
    most                integer not null,
    primary key (connection_id, day, subject),
    constraint quotas_are_kept check (0 <= used and used <= most)
);
comment on column channel_quotas.subject is 'app, sender, receiver:<digest> or pair:<digest>.';

-- The next free instant of a channel with a rate limit, shared by every sender.
create table channel_slots (
    connection_id       text primary key,
    next_at             timestamptz not null
);

-- What the sending account consented to, where the login server said so.
alter table channel_tokens add column scopes text[];
comment on column channel_tokens.rotated_at is 'Since when this refresh token is kept; access tokens come and go meanwhile.';

-- What dealers said later, as it came; kept first, applied afterwards.
create table delivery_reports (
    report_id           bigint generated always as identity primary key,
    dealer              text not null constraint known_dealers check (dealer in ('nhn', 'solapi')),
    event_id            text not null,
    dealer_id           text,
    reference           text,
    outcome             text not null check (outcome in ('delivered', 'rejected')),
    code                text,
    detail              text,
    reported_at         timestamptz,
    received_at         timestamptz not null default clock_timestamp(),
    applied_at          timestamptz,
    constraint one_report_per_event unique (dealer, event_id),
    constraint reports_name_a_message check (dealer_id is not null or reference is not null)
);
create index delivery_reports_unapplied on delivery_reports (report_id) where applied_at is null;

-- Only ever added to: who did what to an alert by hand, and why.
create table alert_decisions (
    decision_id         bigint generated always as identity primary key,
    alert_id            bigint not null references alerts,
    decision            text not null check (decision in ('retried', 'resolved_delivered', 'resolved_failed', 'cancelled')),
    state_before        text not null,
    reason              text not null,
    decided_by          text not null,
    decided_at          timestamptz not null default clock_timestamp()
);
create index alert_decisions_alert on alert_decisions (alert_id);

-- What staff are told, and how far it got on each of their channels.
create table staff_notices (
    notice_id           bigint generated always as identity primary key,
    kind                text not null check (kind in ('digest', 'deliveries')),
    subject             text not null,
    body                text not null,
    html                text not null,
    covers_until        timestamptz not null,
    created_at          timestamptz not null default clock_timestamp()
);
comment on column staff_notices.body is 'As Discord shows it, at most 2,000 characters.';
comment on column staff_notices.html is 'The same for e-mail.';
create index staff_notices_kind on staff_notices (kind, covers_until desc);

create table staff_deliveries (
    notice_id           bigint not null references staff_notices,
    channel             text not null check (channel in ('email', 'discord')),
    attempts            smallint not null default 0,
    due_at              timestamptz not null default clock_timestamp(),
    sent_at             timestamptz,
    given_up_at         timestamptz,
    last_error          text,
    primary key (notice_id, channel),
    constraint notices_given_up_say_why check (given_up_at is null or last_error is not null)
);
create index staff_deliveries_due on staff_deliveries (due_at) where sent_at is null and given_up_at is null;

grant select, insert, update on customer_channels, channel_quotas, channel_slots, delivery_reports, staff_notices,
    staff_deliveries to jikimi;
grant select, insert on alert_decisions to jikimi;
grant usage on sequence delivery_reports_report_id_seq, alert_decisions_decision_id_seq, staff_notices_notice_id_seq
    to jikimi;

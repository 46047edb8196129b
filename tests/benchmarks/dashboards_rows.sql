-- A stretch of a bank's month, each row drawn from its number: what landed, was validated, scored, and told.
insert into batches (batch_id, source, state, landed_count, valid_count, unanimous_count, first_landed_at, claimed_at,
    validated_at, scored_at, first_occurred_at, last_occurred_at)
overriding system value
select b, 'live', 'scored', %(batch_rows)s, %(batch_rows)s, 0, at, at + make_interval(secs => 0.3 + draw(b, 31)),
    at + make_interval(secs => 1.5 + draw(b, 31)), at + make_interval(secs => 1.8 + draw(b, 31) + draw(b, 32)),
    at - interval '3 seconds', moment(n + %(batch_rows)s, %(rows)s, %(until)s)
from generate_series(%(first)s::bigint, %(last)s, %(batch_rows)s) n
    cross join lateral (select n / %(batch_rows)s + 1 as b, moment(n, %(rows)s, %(until)s) as at) x;

insert into validation_results (batch_id, subject, ran_at, is_success, evaluated, unsuccessful, result)
select n / %(batch_rows)s + 1, 'batch', moment(n, %(rows)s, %(until)s), true, 13, 0, '{}'
from generate_series(%(first)s::bigint, %(last)s, %(batch_rows)s) n;

insert into landed_transactions (landed_id, landed_at, batch_id, transaction_id, amount, currency)
select n, moment(n, %(rows)s, %(until)s), n / %(batch_rows)s + 1, 't' || lpad(n::text, 8, '0'), '10', 'KRW'
from generate_series(%(first)s::bigint, %(last)s) n;

insert into transactions (transaction_id, batch_id, landed_id, landed_at, occurred_at, customer_id, merchant_id,
    merchant_name, category, amount, currency, merchant_latitude, merchant_longitude)
select 't' || lpad(n::text, 8, '0'), n / %(batch_rows)s + 1, n, at, at - interval '3 seconds',
    'c' || floor(draw(n, 1) * %(customers)s), 'm' || shop, 'shop ' || shop,
    (array['food', 'travel', 'fuel', 'clothes', 'health', 'home', 'toys', 'music', 'books', 'games', 'pets', 'gifts'])
        [1 + shop %% 12],
    round(exp(6 + 7 * draw(n, 3))::numeric, 2), case when shop %% 20 = 0 then 'USD' else 'KRW' end,
    35 + 2 * draw(shop, 4), 127 + 2 * draw(shop, 5)
from generate_series(%(first)s::bigint, %(last)s) n cross join lateral (
    select moment(n, %(rows)s, %(until)s) as at, floor(5000 * power(draw(n, 2), 2))::integer as shop) x;

insert into verdicts (transaction_id, panel_id, batch_id, votes, voters, members, panel_score, reasons, scored_at,
    occurred_at)
select 't' || lpad(n::text, 8, '0'), panel_of(n, %(rows)s), n / %(batch_rows)s + 1, votes_on(n),
    case when draw(n, 12) < 0.0005 and votes_on(n) < 4 then 3 else 4 end, 4, votes_on(n) / 4.1, '{amount_far_above_usual}',
    at + interval '2 seconds', at - interval '3 seconds'
from generate_series(%(first)s::bigint, %(last)s) n
    cross join lateral (select moment(n, %(rows)s, %(until)s) as at) x;

insert into predictions (transaction_id, panel_id, member, score, is_fraud_vote, scored_at, occurred_at)
select 't' || lpad(n::text, 8, '0'), panel_of(n, %(rows)s), member, draw(n, 20 + place::integer), place <= votes_on(n),
    at + interval '2 seconds', at - interval '3 seconds'
from generate_series(%(first)s::bigint, %(last)s) n
    cross join unnest(%(members)s::text[]) with ordinality m (member, place)
    cross join lateral (select moment(n, %(rows)s, %(until)s) as at) x;

insert into alerts (alert_id, transaction_id, occurred_at, panel_id, customer_id, reference, state, channel, attempts,
    created_at, accepted_at, finished_at, last_error, struck_channels)
overriding system value
select n, 't' || lpad(n::text, 8, '0'), at - interval '3 seconds', panel_of(n, %(rows)s),
    'c' || floor(draw(n, 1) * %(customers)s), 'R' || n, state,
    (array['alimtalk', 'kakao_friends', 'email'])[1 + n %% 3], 1, at + interval '2 seconds',
    case when state = 'delivered' then at + make_interval(secs => 2 + 3 * draw(n, 41)) end,
    at + interval '10 seconds', 'none', case when n %% 11 = 0 then '{kakao_memo}'::text[] else '{}' end
from generate_series(%(first)s::bigint, %(last)s) n cross join lateral (
    select moment(n, %(rows)s, %(until)s) as at,
        case when draw(n, 42) < 0.01 then 'failed' when draw(n, 42) < 0.012 then 'unknown' else 'delivered' end as state) x
where votes_on(n) = 4;

insert into alert_attempts (alert_id, channel, started_at, finished_at, outcome, code)
select a.alert_id, a.channel, a.created_at, a.created_at + make_interval(secs => draw(a.alert_id, 43)),
    case a.state when 'delivered' then 'delivered' when 'failed' then 'rejected' else 'unknown' end,
    case a.state when 'delivered' then '0' else '51' || a.alert_id %% 7 end
from alerts a where a.alert_id between %(first)s and %(last)s;

insert into quarantined_transactions (landed_id, batch_id, quarantined_at, reasons, landed_row)
select n, n / %(batch_rows)s + 1, moment(n, %(rows)s, %(until)s),
    (array['amount_is_positive', 'currency_is_known', 'category_is_short'])[1 + n %% 3 : 2 + n %% 3], '{}'
from generate_series(%(first)s::bigint, %(last)s) n where draw(n, 50) < 0.001;

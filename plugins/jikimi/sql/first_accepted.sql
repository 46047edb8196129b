-- When KakaoTalk took the first message of all.
select min(accepted_at) as accepted_at from alerts

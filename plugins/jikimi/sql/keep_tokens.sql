-- Committed before the access token is used: the refresh token that it replaces is dead already.
insert into channel_tokens (connection_id, access_token, access_expires_at, refresh_token, scopes, rotated_at)
values (%(connection_id)s, %(access_token)s, %(access_expires_at)s, %(refresh_token)s, %(scopes)s, clock_timestamp())
on conflict (connection_id) do update
set access_token = excluded.access_token, access_expires_at = excluded.access_expires_at,
    refresh_token = excluded.refresh_token, scopes = coalesce(excluded.scopes, channel_tokens.scopes),
    rotated_at = case when %(is_rotated)s then excluded.rotated_at else channel_tokens.rotated_at end

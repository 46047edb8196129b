-- The newest tokens of a connection, still encrypted.
select access_token, access_expires_at, refresh_token, scopes, rotated_at
from channel_tokens where connection_id = %(connection_id)s

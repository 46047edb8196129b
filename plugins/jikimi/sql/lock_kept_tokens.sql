-- What stands there now, and nobody changes it before we have.
select refresh_token from channel_tokens where connection_id = %(connection_id)s for update

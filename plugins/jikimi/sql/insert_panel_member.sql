-- A member is a model version of the registry and the score from which it votes fraud.
insert into panel_members (panel_id, member, model_name, model_version, threshold, artifact_sha256)
values (%(panel_id)s, %(member)s, %(model_name)s, %(model_version)s, %(threshold)s, %(sha256)s)

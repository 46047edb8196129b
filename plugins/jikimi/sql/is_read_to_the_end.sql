-- Whether a file's last wanted row was read for this purpose.
select exists (
    select from file_positions where file_name = %(file_name)s and purpose = %(purpose)s and finished_at is not null
) as is_finished

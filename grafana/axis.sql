-- The steps of the time axis, of which each has a row: what stands still is drawn as zero, or as a gap, and not left out.
step as (
    select make_interval(secs => $__interval_ms / 1000.0) as width
), axis as (
    select generate_series(
        date_bin(width, $__timeFrom()::timestamptz, 'epoch'), $__timeTo()::timestamptz, width) as time
    from step
)

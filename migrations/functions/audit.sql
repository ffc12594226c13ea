-- audit: what was done with rights that others do not have, for admins to
-- read.  Nothing changes it.

-- actor_id, action (how its name begins), target: only these, newest first.
create or replace function gavel.admin_audit(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer
set plan_cache_mode = force_custom_plan
as $$
declare
    p      record := gavel.page_of(params);
    who     bigint := (params->>'actor_id')::bigint;
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    with hits as not materialized (
        select a.*
        from gavel.audit a
        where (who is null or a.actor_id = who)
          and (not params ? 'target' or a.target = params->>'target')
          and (not params ? 'action'
               or starts_with(a.action, params->>'action'))
    ), shown as (
        select * from hits h where h.id < p.after
        order by h.id desc limit p.size offset p.skip
    )
    select 200, gavel.page_text('/api/v1/admin/audit', params,
               (select count(*) from (select from hits limit 1000) x),
               array_agg(json_build_object(
                   'id', s.id, 'at', gavel.iso(s.at),
                   'actor_id', s.actor_id,
                   'actor', gavel.person_json(s.actor_id),
                   'action', s.action, 'target', s.target,
                   'detail', s.detail, 'ip', s.ip,
                   'request_id', s.request_id)::text order by s.id desc),
               min(s.id))
    into status, body
    from shown s;
end
$$;

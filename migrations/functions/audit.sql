-- audit: what was done with rights that others do not have, for admins to
-- read.  Nothing changes it.

-- actor_id, action (how its name begins), target: only these, newest first.
create or replace function gavel.admin_audit(actor bigint, params jsonb,
    out status int, out code text, out body text, out etag text)
language plpgsql stable security definer as $$
declare
    page    int := coalesce((params->>'page')::int, 1);
    size    int := coalesce((params->>'page_size')::int, 20);
    after   bigint := gavel.cursor_id(params);
    who     bigint := (params->>'actor_id')::bigint;
    total   bigint;
    listed  text;
    shown   bigint;
    last    bigint;
begin
    if not gavel.is_admin(actor) then
        status := 403;
        code := 'not_authorized';
        return;
    end if;

    if params ? 'cursor' and after is null then
        status := 422;
        code := 'invalid_params';
        body := '{"cursor":"is not one of a list"}';
        return;
    end if;

    select count(*) into total
    from (select from gavel.audit a
          where (who is null or a.actor_id = who)
            and (not params ? 'target' or a.target = params->>'target')
            and (not params ? 'action'
                 or starts_with(a.action, params->>'action'))
          limit 1000) x;

    select string_agg(json_build_object(
               'id', x.id, 'at', gavel.iso(x.at), 'actor_id', x.actor_id,
               'actor', gavel.person_json(x.actor_id), 'action', x.action,
               'target', x.target, 'detail', x.detail, 'ip', x.ip,
               'request_id', x.request_id)::text, ',' order by x.id desc),
           count(*), min(x.id)
    into listed, shown, last
    from (select * from gavel.audit a
          where (who is null or a.actor_id = who)
            and (not params ? 'target' or a.target = params->>'target')
            and (not params ? 'action'
                 or starts_with(a.action, params->>'action'))
            and (after is null or a.id < after)
          order by a.id desc
          limit size
          offset case when after is null then (page - 1)::bigint * size
                      else 0 end) x;

    status := 200;
    body := gavel.page_text('/api/v1/admin/audit', params, total, listed,
                            case when shown = size then last::text end);
end
$$;

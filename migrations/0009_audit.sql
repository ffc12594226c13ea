-- Who looks into the audit log looks for a person or for a thing.

create index audit_actor on gavel.audit (actor_id, id desc);
create index audit_target on gavel.audit (target, id desc);

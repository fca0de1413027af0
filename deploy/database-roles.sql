-- Two roles for the store: one that owns its tables and brings them up to date, and one for the workers, which owns nothing.
-- Run once, in the empty database that is to be the store, as an administrator of the server:
--   createdb timely_sync
--   psql --dbname timely_sync --file deploy/database-roles.sql
--   psql --dbname timely_sync --command '\password timely_sync_owner' --command '\password timely_sync'
create role timely_sync_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role timely_sync login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
-- For administrators who are no superusers: what follows is done on the owner's behalf.
grant timely_sync_owner to current_user;

do $$
begin
  execute format('revoke all on database %I from public', current_database());
  execute format('grant connect, create on database %I to timely_sync_owner', current_database());
  execute format('grant connect, temporary on database %I to timely_sync', current_database());
end
$$;

revoke all on schema public from public;
grant usage, create on schema public to timely_sync_owner;
grant usage on schema public to timely_sync;
-- Which migrations have been made: workers read it, and start only when it has all of theirs.
create schema drizzle authorization timely_sync_owner;
grant usage on schema drizzle to timely_sync;

alter default privileges for role timely_sync_owner in schema public
  grant select, insert, update, delete on tables to timely_sync;
alter default privileges for role timely_sync_owner in schema public grant usage on sequences to timely_sync;
alter default privileges for role timely_sync_owner in schema drizzle grant select on tables to timely_sync;

-- Workers tidy up after a large read. Before PostgreSQL 17 only an owner may; then autovacuum comes to it later.
do $$
begin
  if current_setting('server_version_num')::int >= 170000 then
    execute 'alter default privileges for role timely_sync_owner in schema public grant maintain on tables to timely_sync';
  end if;
end
$$;

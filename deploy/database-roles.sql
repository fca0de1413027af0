-- Two roles for the store: one owns its tables and migrates them, one is for the workers and owns nothing.
-- Run this once in the store's empty database, as an administrator of the server:
--   createdb timely_sync
--   psql --dbname timely_sync --file deploy/database-roles.sql
--   psql --dbname timely_sync --command '\password timely_sync_owner' --command '\password timely_sync'
create role timely_sync_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role timely_sync login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
-- An administrator who is not a superuser needs membership, to act for the owner below.
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
-- The applied migrations. Workers read them, and start only when all of theirs are applied.
create schema drizzle authorization timely_sync_owner;
grant usage on schema drizzle to timely_sync;

alter default privileges for role timely_sync_owner in schema public
  grant select, insert, update, delete on tables to timely_sync;
alter default privileges for role timely_sync_owner in schema public grant usage on sequences to timely_sync;
alter default privileges for role timely_sync_owner in schema drizzle grant select on tables to timely_sync;

-- Workers vacuum after a large read. Before PostgreSQL 17 only an owner may, and autovacuum does it later.
do $$
begin
  if current_setting('server_version_num')::int >= 170000 then
    execute 'alter default privileges for role timely_sync_owner in schema public grant maintain on tables to timely_sync';
  end if;
end
$$;

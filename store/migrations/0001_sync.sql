CREATE TABLE "named_groups" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"group_id" text NOT NULL,
	CONSTRAINT "named_groups_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "journal_chains" (
	"tenant" text PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL,
	"hash" text NOT NULL,
	"anchor_sequence" bigint NOT NULL,
	"anchor_hash" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "journal_entries" (
	"tenant" text NOT NULL,
	"sequence" bigint NOT NULL,
	"cycle" integer NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"kind" text NOT NULL,
	"approval" integer,
	"subject_key" text NOT NULL,
	"subject" jsonb,
	"before" jsonb,
	"after" jsonb,
	"reason" text NOT NULL,
	"salt" text,
	"digest" text NOT NULL,
	"hash" text NOT NULL,
	CONSTRAINT "journal_entries_tenant_sequence_pk" PRIMARY KEY("tenant","sequence")
);
--> statement-breakpoint
CREATE TABLE "notices" (
	"tenant" text NOT NULL,
	"channel" text NOT NULL,
	"matter" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"problem" text,
	CONSTRAINT "notices_tenant_channel_matter_pk" PRIMARY KEY("tenant","channel","matter")
);
--> statement-breakpoint
CREATE TABLE "outages" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"trouble" jsonb NOT NULL,
	"seen" jsonb NOT NULL,
	"recent" jsonb NOT NULL,
	CONSTRAINT "outages_tenant_number_pk" PRIMARY KEY("tenant","number")
);
--> statement-breakpoint
CREATE TABLE "account_paces" (
	"account" text PRIMARY KEY NOT NULL,
	"next_at_ms" double precision NOT NULL,
	"requests_per_second" double precision NOT NULL,
	"starts" double precision[] NOT NULL,
	"started" double precision NOT NULL,
	"review_at_ms" double precision NOT NULL,
	"memory" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "touched_subjects" (
	"tenant" text NOT NULL,
	"id" bigserial NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "touched_subjects_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
ALTER TABLE "journal" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "paces" DISABLE ROW LEVEL SECURITY;--> statement-breakpoint
DROP TABLE "journal" CASCADE;--> statement-breakpoint
DROP TABLE "paces" CASCADE;--> statement-breakpoint
ALTER TABLE "approvals" ADD COLUMN "cycle" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "cycles" ADD COLUMN "undoes" integer;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "channel" text NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "changes" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "decisions" ADD COLUMN "facts" text NOT NULL;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "last_good_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "marker" text DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "plan_basis" jsonb;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "department" text;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "domain" text;--> statement-breakpoint
ALTER TABLE "directory_extras" ADD COLUMN "credential_ends_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "journal_entries_tenant" ON "journal_entries" USING btree ("tenant","at");--> statement-breakpoint
CREATE INDEX "journal_entries_subject" ON "journal_entries" USING btree ("tenant","subject_key");--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entries_once" ON "journal_entries" USING btree ("tenant","cycle","kind","subject_key");--> statement-breakpoint
CREATE INDEX "notices_at" ON "notices" USING btree ("tenant","channel","at");--> statement-breakpoint
CREATE INDEX "person_links_email" ON "person_links" USING btree ("tenant","email");--> statement-breakpoint
CREATE INDEX "timely_users_email" ON "timely_users" USING btree ("tenant",lower(btrim("email")));--> statement-breakpoint
CREATE INDEX "timely_users_external" ON "timely_users" USING btree ("tenant",lower(btrim("external_id")));--> statement-breakpoint
CREATE INDEX "verdicts_email" ON "verdicts" USING btree ("tenant","email");--> statement-breakpoint
CREATE INDEX "directory_memberships_member" ON "directory_memberships" USING btree ("tenant","member_kind","member_id");
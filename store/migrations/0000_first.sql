CREATE TABLE "oauth_tokens" (
	"tenant" text NOT NULL,
	"account_id" bigint NOT NULL,
	"origin" text NOT NULL,
	"encrypted" "bytea" NOT NULL,
	"saved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "oauth_tokens_tenant_account_id_origin_pk" PRIMARY KEY("tenant","account_id","origin")
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"account" text PRIMARY KEY NOT NULL,
	"next_at_ms" double precision NOT NULL,
	"requests_per_second" double precision NOT NULL,
	"starts" double precision[] NOT NULL,
	"started" double precision NOT NULL,
	"review_at_ms" double precision NOT NULL,
	"memory" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "refused_sign_ins" (
	"credential" text PRIMARY KEY NOT NULL,
	"until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "approval_changes" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"position" integer NOT NULL,
	"fingerprint" text NOT NULL,
	"subject_key" text NOT NULL,
	"line" jsonb NOT NULL,
	"change" text GENERATED ALWAYS AS (line ->> 'change') STORED NOT NULL,
	"subject" text GENERATED ALWAYS AS (line ->> 'subject') STORED NOT NULL,
	"name" text GENERATED ALWAYS AS (line ->> 'name') STORED NOT NULL,
	"effect_digest" text GENERATED ALWAYS AS (md5((line ->> 'change') || coalesce(((line -> 'effect') - 'joins' - 'leaves')::text, ''))) STORED NOT NULL,
	"decision" text,
	"approved_by" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"used_at" timestamp with time zone,
	CONSTRAINT "approval_changes_tenant_number_position_pk" PRIMARY KEY("tenant","number","position")
);
--> statement-breakpoint
CREATE TABLE "approvals" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"rule" text NOT NULL,
	"state" text NOT NULL,
	"cycle" integer DEFAULT 0 NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"reopened_at" timestamp with time zone,
	"announced" boolean DEFAULT false NOT NULL,
	CONSTRAINT "approvals_tenant_number_pk" PRIMARY KEY("tenant","number")
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"id" text NOT NULL,
	"decision" text NOT NULL,
	"by" text NOT NULL,
	"note" text NOT NULL,
	"channel" text NOT NULL,
	"proved" boolean DEFAULT false NOT NULL,
	"changes" integer NOT NULL,
	"facts" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "decisions_tenant_number_id_pk" PRIMARY KEY("tenant","number","id")
);
--> statement-breakpoint
CREATE TABLE "directory_cursors" (
	"tenant" text NOT NULL,
	"stream" text NOT NULL,
	"cursor" text NOT NULL,
	"scope" text NOT NULL,
	"moved_at" timestamp with time zone NOT NULL,
	"full_at" timestamp with time zone NOT NULL,
	"full_objects" integer NOT NULL,
	"unlisted" integer DEFAULT 0 NOT NULL,
	"failed_cycles" integer DEFAULT 0 NOT NULL,
	"failed_cycle" integer,
	CONSTRAINT "directory_cursors_tenant_stream_pk" PRIMARY KEY("tenant","stream")
);
--> statement-breakpoint
CREATE TABLE "directory_extras" (
	"tenant" text PRIMARY KEY NOT NULL,
	"privileged" jsonb NOT NULL,
	"app_assignments" jsonb NOT NULL,
	"seen_groups" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"hidden_groups" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"credential_ends_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "directory_groups" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "directory_groups_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "directory_memberships" (
	"tenant" text NOT NULL,
	"group_id" text NOT NULL,
	"member_id" text NOT NULL,
	"member_kind" text NOT NULL,
	CONSTRAINT "directory_memberships_tenant_group_id_member_id_pk" PRIMARY KEY("tenant","group_id","member_id")
);
--> statement-breakpoint
CREATE TABLE "directory_people" (
	"tenant" text NOT NULL,
	"id" text NOT NULL,
	"facts" jsonb NOT NULL,
	CONSTRAINT "directory_people_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "directory_rounds" (
	"tenant" text NOT NULL,
	"stream" text NOT NULL,
	"cycle" integer NOT NULL,
	"kind" text NOT NULL,
	"pages" integer DEFAULT 0 NOT NULL,
	"objects" integer DEFAULT 0 NOT NULL,
	"doubts" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"next" text,
	"cursor" text,
	"attempt" integer DEFAULT 0 NOT NULL,
	"reasons" jsonb,
	CONSTRAINT "directory_rounds_tenant_stream_pk" PRIMARY KEY("tenant","stream")
);
--> statement-breakpoint
CREATE TABLE "directory_staging" (
	"tenant" text NOT NULL,
	"stream" text NOT NULL,
	"position" bigserial NOT NULL,
	"type" text NOT NULL,
	"object_id" text NOT NULL,
	"member_id" text,
	"member_kind" text,
	"gone" boolean DEFAULT false NOT NULL,
	"patch" jsonb,
	CONSTRAINT "directory_staging_tenant_stream_position_pk" PRIMARY KEY("tenant","stream","position")
);
--> statement-breakpoint
CREATE TABLE "named_groups" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"group_id" text NOT NULL,
	"replaces" text,
	CONSTRAINT "named_groups_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "odd_records" (
	"tenant" text NOT NULL,
	"stream" text NOT NULL,
	"id" text NOT NULL,
	"problem" text,
	CONSTRAINT "odd_records_tenant_stream_id_pk" PRIMARY KEY("tenant","stream","id")
);
--> statement-breakpoint
CREATE TABLE "subscriptions" (
	"tenant" text NOT NULL,
	"stream" text NOT NULL,
	"id" text,
	"expires_at" timestamp with time zone,
	"terms" text NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"problem" text,
	CONSTRAINT "subscriptions_tenant_stream_pk" PRIMARY KEY("tenant","stream")
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
CREATE TABLE "person_links" (
	"tenant" text NOT NULL,
	"person_id" text NOT NULL,
	"timely_id" bigint NOT NULL,
	"state" text NOT NULL,
	"email" text NOT NULL,
	"role" text,
	"role_by_hand" boolean DEFAULT false NOT NULL,
	"out_of_scope_since" timestamp with time zone,
	"confirmed" boolean DEFAULT false NOT NULL,
	"former" jsonb,
	"former_keys" text[],
	CONSTRAINT "person_links_tenant_person_id_pk" PRIMARY KEY("tenant","person_id")
);
--> statement-breakpoint
CREATE TABLE "team_links" (
	"tenant" text NOT NULL,
	"source" text NOT NULL,
	"timely_id" bigint NOT NULL,
	"origin" text NOT NULL,
	"name" text,
	"person_ids" jsonb NOT NULL,
	"pattern" text,
	CONSTRAINT "team_links_tenant_source_pk" PRIMARY KEY("tenant","source")
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"tenant" text NOT NULL,
	"channel" text NOT NULL,
	"key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"problem" text,
	CONSTRAINT "deliveries_tenant_channel_key_pk" PRIMARY KEY("tenant","channel","key")
);
--> statement-breakpoint
CREATE TABLE "outages" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"began_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"cycle_error" jsonb NOT NULL,
	"seen" jsonb NOT NULL,
	"recent" jsonb NOT NULL,
	CONSTRAINT "outages_tenant_number_pk" PRIMARY KEY("tenant","number")
);
--> statement-breakpoint
CREATE TABLE "attempts" (
	"tenant" text NOT NULL,
	"subject_key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"since" bigint NOT NULL,
	CONSTRAINT "attempts_tenant_subject_key_pk" PRIMARY KEY("tenant","subject_key")
);
--> statement-breakpoint
CREATE TABLE "changes" (
	"tenant" text NOT NULL,
	"cycle" integer NOT NULL,
	"position" integer NOT NULL,
	"phase" integer NOT NULL,
	"kind" text NOT NULL,
	"subject_key" text NOT NULL,
	"subject" jsonb NOT NULL,
	"before" jsonb,
	"after" jsonb,
	"reason" text NOT NULL,
	"fingerprint" text NOT NULL,
	"label" text NOT NULL,
	"status" text NOT NULL,
	"hold_rule" text,
	"hold_detail" text,
	"refusal_rule" text,
	"refusal_detail" text,
	"failure" jsonb,
	"approval" integer,
	CONSTRAINT "changes_tenant_cycle_position_pk" PRIMARY KEY("tenant","cycle","position")
);
--> statement-breakpoint
CREATE TABLE "cycles" (
	"tenant" text NOT NULL,
	"number" integer NOT NULL,
	"opening" text NOT NULL,
	"kind" text NOT NULL,
	"undoes" integer,
	"full_reads_requested" integer DEFAULT 0 NOT NULL,
	"configuration_version" integer NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"evidence" jsonb,
	"plan_cycle" integer,
	"in_scope" integer DEFAULT 0 NOT NULL,
	"unchanged" integer DEFAULT 0 NOT NULL,
	"counts" jsonb,
	"cycle_error" jsonb,
	CONSTRAINT "cycles_tenant_number_pk" PRIMARY KEY("tenant","number")
);
--> statement-breakpoint
CREATE TABLE "dirty_subjects" (
	"tenant" text NOT NULL,
	"id" bigserial NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "dirty_subjects_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "failures" (
	"tenant" text NOT NULL,
	"subject_key" text NOT NULL,
	"fingerprint" text NOT NULL,
	"times" integer NOT NULL,
	"failure" jsonb NOT NULL,
	"next_try_at" timestamp with time zone NOT NULL,
	CONSTRAINT "failures_tenant_subject_key_pk" PRIMARY KEY("tenant","subject_key")
);
--> statement-breakpoint
CREATE TABLE "findings" (
	"tenant" text NOT NULL,
	"cycle" integer NOT NULL,
	"position" integer NOT NULL,
	"kind" text NOT NULL,
	"subject" text NOT NULL,
	"subject_folded" text NOT NULL,
	"message" text NOT NULL,
	"since" integer NOT NULL,
	CONSTRAINT "findings_tenant_cycle_position_pk" PRIMARY KEY("tenant","cycle","position")
);
--> statement-breakpoint
CREATE TABLE "verdicts" (
	"tenant" text NOT NULL,
	"person_id" text NOT NULL,
	"in_scope" boolean NOT NULL,
	"code" text NOT NULL,
	"reason" text NOT NULL,
	"email" text,
	"other_addresses" text[],
	"department" text,
	"domain" text,
	CONSTRAINT "verdicts_tenant_person_id_pk" PRIMARY KEY("tenant","person_id")
);
--> statement-breakpoint
CREATE TABLE "set_ups" (
	"tenant" text PRIMARY KEY NOT NULL,
	"link" text NOT NULL,
	"invited_by" text NOT NULL,
	"invited_at" timestamp with time zone NOT NULL,
	"opens_until" timestamp with time zone NOT NULL,
	"browser" text,
	"ends_at" timestamp with time zone,
	"draft" "bytea",
	"closed_at" timestamp with time zone,
	CONSTRAINT "set_ups_link_unique" UNIQUE("link")
);
--> statement-breakpoint
CREATE TABLE "stored_secrets" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"encrypted" "bytea" NOT NULL,
	"saved_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "stored_secrets_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
CREATE TABLE "configurations" (
	"tenant" text NOT NULL,
	"version" integer NOT NULL,
	"file" jsonb NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "configurations_tenant_version_pk" PRIMARY KEY("tenant","version")
);
--> statement-breakpoint
CREATE TABLE "previewed_changes" (
	"tenant" text NOT NULL,
	"fingerprint" text NOT NULL,
	CONSTRAINT "previewed_changes_tenant_fingerprint_pk" PRIMARY KEY("tenant","fingerprint")
);
--> statement-breakpoint
CREATE TABLE "previews" (
	"tenant" text PRIMARY KEY NOT NULL,
	"made_at" timestamp with time zone NOT NULL,
	"file" jsonb NOT NULL,
	"bound_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "tenants" (
	"tenant" text PRIMARY KEY NOT NULL,
	"configuration_version" integer NOT NULL,
	"plan_revision" bigint DEFAULT 0 NOT NULL,
	"planned_revision" bigint DEFAULT -1 NOT NULL,
	"planned_day" text DEFAULT '' NOT NULL,
	"plan_cycle" integer DEFAULT 0 NOT NULL,
	"last_good_at" timestamp with time zone,
	"marker" text DEFAULT gen_random_uuid() NOT NULL,
	"plan_baseline" jsonb,
	"paused_at" timestamp with time zone,
	"paused_by" text,
	"paused_by_undo_of" integer,
	"undoing" integer,
	"stopped_at" timestamp with time zone,
	"directory" text,
	"directory_since" integer DEFAULT 0 NOT NULL,
	"last_hook_at" timestamp with time zone,
	"full_reads_requested" integer DEFAULT 0 NOT NULL,
	"full_reads_served" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "timely_accounts" (
	"tenant" text PRIMARY KEY NOT NULL,
	"account" jsonb NOT NULL,
	"roles" jsonb NOT NULL,
	"own_user_id" bigint NOT NULL,
	"watermark" bigint NOT NULL,
	"complete" boolean NOT NULL,
	"whole_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "timely_teams" (
	"tenant" text NOT NULL,
	"id" bigint NOT NULL,
	"name" text NOT NULL,
	"external_id" text,
	"members" jsonb NOT NULL,
	CONSTRAINT "timely_teams_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE TABLE "timely_users" (
	"tenant" text NOT NULL,
	"id" bigint NOT NULL,
	"email" text NOT NULL,
	"name" text NOT NULL,
	"role_id" bigint,
	"role" text NOT NULL,
	"external_id" text,
	"removed" boolean NOT NULL,
	"pending" boolean DEFAULT false NOT NULL,
	"updated_at" bigint NOT NULL,
	"seen_in" integer NOT NULL,
	"email_folded" text NOT NULL,
	"name_folded" text NOT NULL,
	"external_id_folded" text,
	CONSTRAINT "timely_users_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
CREATE INDEX "approval_changes_fingerprint" ON "approval_changes" USING btree ("tenant","fingerprint");--> statement-breakpoint
CREATE INDEX "directory_memberships_member" ON "directory_memberships" USING btree ("member_id","tenant");--> statement-breakpoint
CREATE INDEX "directory_memberships_nested" ON "directory_memberships" USING btree ("tenant","member_id") WHERE member_kind = 'group';--> statement-breakpoint
CREATE INDEX "journal_entries_tenant" ON "journal_entries" USING btree ("tenant","at");--> statement-breakpoint
CREATE INDEX "journal_entries_subject" ON "journal_entries" USING btree ("tenant","subject_key");--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entries_once" ON "journal_entries" USING btree ("tenant","cycle","kind","subject_key");--> statement-breakpoint
CREATE UNIQUE INDEX "person_links_timely" ON "person_links" USING btree ("tenant","timely_id");--> statement-breakpoint
CREATE INDEX "person_links_email" ON "person_links" USING btree ("tenant","email");--> statement-breakpoint
CREATE INDEX "person_links_state" ON "person_links" USING btree ("tenant","state");--> statement-breakpoint
CREATE INDEX "person_links_former" ON "person_links" USING gin ("former_keys");--> statement-breakpoint
CREATE INDEX "deliveries_at" ON "deliveries" USING btree ("tenant","channel","at");--> statement-breakpoint
CREATE INDEX "changes_status" ON "changes" USING btree ("tenant","cycle","status","phase");--> statement-breakpoint
CREATE UNIQUE INDEX "cycles_opening" ON "cycles" USING btree ("tenant","opening");--> statement-breakpoint
CREATE INDEX "verdicts_email" ON "verdicts" USING btree ("tenant","email");--> statement-breakpoint
CREATE INDEX "verdicts_department" ON "verdicts" USING btree ("tenant","department") WHERE in_scope;--> statement-breakpoint
CREATE INDEX "verdicts_other_addresses" ON "verdicts" USING gin ("other_addresses");--> statement-breakpoint
CREATE INDEX "timely_users_email" ON "timely_users" USING btree ("tenant","email_folded");--> statement-breakpoint
CREATE INDEX "timely_users_external" ON "timely_users" USING btree ("tenant","external_id_folded");--> statement-breakpoint
CREATE INDEX "timely_users_present" ON "timely_users" USING btree ("tenant","role") WHERE not removed;
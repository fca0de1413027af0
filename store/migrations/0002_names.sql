CREATE TABLE "named_groups" (
	"tenant" text NOT NULL,
	"name" text NOT NULL,
	"group_id" text NOT NULL,
	CONSTRAINT "named_groups_tenant_name_pk" PRIMARY KEY("tenant","name")
);
--> statement-breakpoint
ALTER TABLE "directory_extras" ADD COLUMN "credential_ends_at" timestamp with time zone;
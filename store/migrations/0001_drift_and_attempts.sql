CREATE TABLE "attempts" (
	"tenant" text NOT NULL,
	"subject_key" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"since" bigint NOT NULL,
	CONSTRAINT "attempts_tenant_subject_key_pk" PRIMARY KEY("tenant","subject_key")
);
--> statement-breakpoint
ALTER TABLE "person_links" ADD COLUMN "role" text;--> statement-breakpoint
ALTER TABLE "team_links" ADD COLUMN "name" text;
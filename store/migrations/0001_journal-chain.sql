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
DROP TABLE "journal" CASCADE;--> statement-breakpoint
ALTER TABLE "cycles" ADD COLUMN "undoes" integer;--> statement-breakpoint
CREATE INDEX "journal_entries_tenant" ON "journal_entries" USING btree ("tenant","at");--> statement-breakpoint
CREATE INDEX "journal_entries_subject" ON "journal_entries" USING btree ("tenant","subject_key");--> statement-breakpoint
CREATE UNIQUE INDEX "journal_entries_once" ON "journal_entries" USING btree ("tenant","cycle","kind","subject_key");
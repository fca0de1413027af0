CREATE TABLE "touched_subjects" (
	"tenant" text NOT NULL,
	"id" bigserial NOT NULL,
	"kind" text NOT NULL,
	"key" text NOT NULL,
	CONSTRAINT "touched_subjects_tenant_id_pk" PRIMARY KEY("tenant","id")
);
--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "plan_basis" jsonb;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "email" text;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "department" text;--> statement-breakpoint
ALTER TABLE "verdicts" ADD COLUMN "domain" text;--> statement-breakpoint
CREATE INDEX "person_links_email" ON "person_links" USING btree ("tenant","email");--> statement-breakpoint
CREATE INDEX "timely_users_email" ON "timely_users" USING btree ("tenant",lower(btrim("email")));--> statement-breakpoint
CREATE INDEX "timely_users_external" ON "timely_users" USING btree ("tenant","external_id");--> statement-breakpoint
CREATE INDEX "verdicts_email" ON "verdicts" USING btree ("tenant","email");
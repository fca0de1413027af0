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
ALTER TABLE "approvals" ADD COLUMN "cycle" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "last_good_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenants" ADD COLUMN "marker" text DEFAULT gen_random_uuid() NOT NULL;--> statement-breakpoint
CREATE INDEX "notices_at" ON "notices" USING btree ("tenant","channel","at");
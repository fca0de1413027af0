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
ALTER TABLE "timely_accounts" ADD COLUMN "whole_at" timestamp with time zone;
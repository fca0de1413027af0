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

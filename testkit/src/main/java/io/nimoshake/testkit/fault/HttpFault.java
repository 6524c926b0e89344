package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.Answer;
import java.time.Duration;

/** What {@link HttpFaultProxy} can do to a call. */
public sealed interface HttpFault {
  /** 400: the table's provisioned throughput is used up. */
  HttpFault PROVISIONED_THROUGHPUT_EXCEEDED =
      new Refusal(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException");

  /** 400: too many calls, by the control plane's account. */
  HttpFault THROTTLING = new Refusal(400, "com.amazon.coral.availability#ThrottlingException");

  /** 400: too many readers of a shard, or too many describing calls. */
  HttpFault LIMIT_EXCEEDED =
      new Refusal(400, "com.amazonaws.dynamodb.v20120810#LimitExceededException");

  /** 500. */
  HttpFault INTERNAL_SERVER_ERROR =
      new Refusal(500, "com.amazonaws.dynamodb.v20120810#InternalServerError");

  /** 503. */
  HttpFault SERVICE_UNAVAILABLE =
      new Refusal(503, "com.amazon.coral.availability#ServiceUnavailableException");

  /** 400: the caller's policies do not allow the action. */
  HttpFault ACCESS_DENIED =
      new Refusal(400, "com.amazonaws.dynamodb.v20120810#AccessDeniedException");

  /** The connection is closed and the server never sees the call. */
  HttpFault DROP_BEFORE = new DropBefore();

  /** The server carries the call out; its answer is lost. */
  HttpFault DROP_AFTER = new DropAfter();

  /** The server carries the call out; half of its answer arrives, then the connection is closed. */
  HttpFault HALF_ANSWER = new HalfAnswer();

  /** Of a BatchWriteItem the server sees the first half; the rest comes back as unprocessed. */
  HttpFault UNPROCESSED_ITEMS = new UnprocessedItems();

  /** The name it is counted under. */
  String kind();

  /** An answer that the server never gave; it does not see the call. */
  record Refusal(int status, String type) implements HttpFault {
    @Override
    public String kind() {
      return type.substring(type.indexOf('#') + 1);
    }

    Answer answer() {
      return Answer.error(status, type, "injected");
    }
  }

  /** See {@link #DROP_BEFORE}. */
  record DropBefore() implements HttpFault {
    @Override
    public String kind() {
      return "drop_before";
    }
  }

  /** See {@link #DROP_AFTER}. */
  record DropAfter() implements HttpFault {
    @Override
    public String kind() {
      return "drop_after";
    }
  }

  /** See {@link #HALF_ANSWER}. */
  record HalfAnswer() implements HttpFault {
    @Override
    public String kind() {
      return "half_answer";
    }
  }

  /** See {@link #UNPROCESSED_ITEMS}. */
  record UnprocessedItems() implements HttpFault {
    @Override
    public String kind() {
      return "unprocessed_items";
    }
  }

  /** The call is passed on after a while. */
  record Delay(Duration by) implements HttpFault {
    @Override
    public String kind() {
      return "delay";
    }
  }
}

package io.nimoshake.testkit.fault;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What {@link HttpFaultProxy} can do to a call.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
 *     handling with DynamoDB</a>
 */
public sealed interface HttpFault extends InjectedFault {
  /** 400: the table's provisioned throughput is used up. */
  HttpFault PROVISIONED_THROUGHPUT_EXCEEDED = error("ProvisionedThroughputExceededException");

  /** 400: too many calls, by the control plane's account. */
  HttpFault THROTTLING = new Refusal(400, "com.amazon.coral.availability#ThrottlingException");

  /** 400: too many readers of a shard, or too many describing calls. */
  HttpFault LIMIT_EXCEEDED = error("LimitExceededException");

  /** 500. */
  HttpFault INTERNAL_SERVER_ERROR =
      new Refusal(500, "com.amazonaws.dynamodb.v20120810#InternalServerError");

  /** 503. */
  HttpFault SERVICE_UNAVAILABLE =
      new Refusal(503, "com.amazon.coral.availability#ServiceUnavailableException");

  /** 400: the caller's policies do not allow the action. */
  HttpFault ACCESS_DENIED = error("AccessDeniedException");

  /** 400: there is no such table, stream or shard, or not yet, or it is not known everywhere. */
  HttpFault RESOURCE_NOT_FOUND = error("ResourceNotFoundException");

  /** 400: the iterator points at records that are older than the stream keeps them. */
  HttpFault TRIMMED_DATA_ACCESS = error("TrimmedDataAccessException");

  /** 400: the iterator is older than 15 minutes. */
  HttpFault EXPIRED_ITERATOR = error("ExpiredIteratorException");

  /** The connection is closed and the server never sees the call. */
  HttpFault DROP_BEFORE = new DropBefore();

  /** The server carries the call out; its answer is lost. */
  HttpFault DROP_AFTER = new DropAfter();

  /** The server carries the call out; half of its answer arrives, then the connection is closed. */
  HttpFault HALF_ANSWER = new HalfAnswer();

  /** Of a BatchWriteItem the server sees the first half; the rest comes back as unprocessed. */
  HttpFault UNPROCESSED_ITEMS = new UnprocessedItems();

  /**
   * An error with status 400 of the API's own.
   *
   * @param type such as {@code ResourceInUseException}
   */
  static HttpFault error(String type) {
    return new Refusal(400, "com.amazonaws.dynamodb.v20120810#" + type);
  }

  /** A DescribeTable says that the table has this status, such as {@code ARCHIVED}. */
  static HttpFault tableStatus(String status) {
    return new Edit(
        "table_status_" + status,
        answer -> ((ObjectNode) answer.path("Table")).put("TableStatus", status));
  }

  /**
   * The answer of the server is changed before the client sees it; one that says that the call
   * failed is not.
   *
   * @param kind the name it is counted under
   */
  static HttpFault edit(String kind, Consumer<ObjectNode> change) {
    return new Edit(kind, change);
  }

  /**
   * The service's clock is so far ahead of the client's, or behind it if negative: the Date header
   * says so, and calls that are signed more than five minutes off are refused. Once the client
   * signs by the service's clock its calls are passed on.
   */
  static HttpFault clockAhead(Duration ahead) {
    return new ClockAhead(ahead, "com.amazon.coral.service#InvalidSignatureException");
  }

  /**
   * See {@link #clockAhead(Duration)}.
   *
   * @param type of the refusal, such as {@code RequestTimeTooSkewed}, which some
   *     DynamoDB-compatible services and proxies send
   */
  static HttpFault clockAhead(Duration ahead, String type) {
    return new ClockAhead(ahead, type);
  }

  /** A call that is to be answered. */
  interface Exchange {
    Call call();

    /** Passes a call on to the server. */
    Answer forward(Call call) throws IOException, InterruptedException;

    /** Waits for a while, or until the proxy is closed. */
    void pause(Duration time) throws InterruptedException;
  }

  /** Has the fault its way. */
  Reply reply(Exchange exchange) throws IOException, InterruptedException;

  /** An answer that the server never gave; it does not see the call. */
  record Refusal(int status, String type) implements HttpFault {
    @Override
    public String kind() {
      return type.substring(type.indexOf('#') + 1);
    }

    @Override
    public Reply reply(Exchange exchange) {
      return new Reply.Whole(Answer.error(status, type, "injected"));
    }
  }

  /** See {@link #DROP_BEFORE}. */
  record DropBefore() implements HttpFault {
    @Override
    public String kind() {
      return "drop_before";
    }

    @Override
    public Reply reply(Exchange exchange) {
      return new Reply.None();
    }
  }

  /** See {@link #DROP_AFTER}. */
  record DropAfter() implements HttpFault {
    @Override
    public String kind() {
      return "drop_after";
    }

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      exchange.forward(exchange.call());
      return new Reply.None();
    }
  }

  /** See {@link #HALF_ANSWER}. */
  record HalfAnswer() implements HttpFault {
    @Override
    public String kind() {
      return "half_answer";
    }

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      return new Reply.Half(exchange.forward(exchange.call()));
    }
  }

  /** See {@link #UNPROCESSED_ITEMS}. */
  record UnprocessedItems() implements HttpFault {
    @Override
    public String kind() {
      return "unprocessed_items";
    }

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      HalfBatch half = HalfBatch.of(exchange.call());
      return new Reply.Whole(half.answer(exchange.forward(half.call())));
    }
  }

  /** The call is passed on after a while. */
  record Delay(Duration by) implements HttpFault {
    @Override
    public String kind() {
      return "delay";
    }

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      exchange.pause(by);
      return new Reply.Whole(exchange.forward(exchange.call()));
    }
  }

  /** See {@link #edit}. */
  record Edit(String kind, Consumer<ObjectNode> change) implements HttpFault {
    private static final JsonMapper JSON = new JsonMapper();

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      Answer answer = exchange.forward(exchange.call());
      if (answer.status() != 200) {
        return new Reply.Whole(answer);
      }
      ObjectNode body = (ObjectNode) JSON.readTree(answer.body());
      change.accept(body);
      return new Reply.Whole(Answer.of(200, JSON.writeValueAsBytes(body)));
    }
  }

  /** See {@link #clockAhead(Duration)}. */
  record ClockAhead(Duration ahead, String type) implements HttpFault {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final DateTimeFormatter SIGNED_AT =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    @Override
    public String kind() {
      return "clock_ahead";
    }

    @Override
    public Reply reply(Exchange exchange) throws IOException, InterruptedException {
      ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC).plus(ahead);
      Instant signedAt = signedAt(exchange.call().headers(), now.toInstant());
      boolean refused = Duration.between(signedAt, now.toInstant()).abs().compareTo(TOLERANCE) > 0;
      Answer answer =
          refused
              ? Answer.error(
                  400, type, "Signature not valid at " + SIGNED_AT.format(now) + ": " + signedAt)
              : exchange.forward(exchange.call());
      return new Reply.Whole(answer.withHeader("Date", Gateway.date(now)));
    }

    private static Instant signedAt(Map<String, List<String>> headers, Instant otherwise) {
      List<String> values = headers.getOrDefault("X-Amz-Date", List.of());
      return values.isEmpty() ? otherwise : SIGNED_AT.parse(values.get(0), Instant::from);
    }
  }
}

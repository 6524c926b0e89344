package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.Answer;
import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Stands in front of a DynamoDB endpoint and does to chosen calls what networks, throttles and a
 * service that is only eventually consistent do. Rules may be added and dropped at any time; of
 * several that apply to a call, the one added first wins.
 *
 * <pre>{@code
 * try (HttpFaultProxy proxy = HttpFaultProxy.to(dynamo.endpoint())) {
 *   proxy.fail("ListTables").once().with(HttpFault.SERVICE_UNAVAILABLE);
 *   proxy.fail("GetShardIterator").table("orders").nth(2).with(HttpFault.RESOURCE_NOT_FOUND);
 *   proxy.fail("GetRecords").shard("shardId-0007").with(HttpFault.TRIMMED_DATA_ACCESS);
 *   proxy.fail("DescribeTable").table("orders").times(3).with(HttpFault.tableStatus("ARCHIVED"));
 *   proxy.fail(HttpFaultProxy.ANY).with(HttpFault.clockAhead(Duration.ofMinutes(20)));
 *   proxy.fail(HttpFaultProxy.ANY).randomly(seed, 0.1).with(HttpFault.THROTTLING);
 *   Injection lost = proxy.fail("PutItem").once().with(HttpFault.DROP_AFTER);
 *   ...
 *   await().until(() -> lost.count() == 1);
 *   assertEquals(Map.of("drop_after", 1L, ...), proxy.injected());
 * }
 * }</pre>
 */
public final class HttpFaultProxy implements AutoCloseable {
  /** Stands for every operation in a rule. */
  public static final String ANY = FaultScript.ANY;

  /** Which calls to a DynamoDB endpoint fail. */
  public static final class Rule extends CallRule<DynamoCall, HttpFault, Rule> {
    private Rule(FaultScript<DynamoCall, HttpFault> script, String operation) {
      super(script, operation);
    }

    @Override
    Rule self() {
      return this;
    }

    /** Only calls about this table or its stream. */
    public Rule table(String name) {
      return where(call -> call.table().equals(Optional.of(name)));
    }

    /** Only calls about this shard: for its iterators, and for records by such an iterator. */
    public Rule shard(String id) {
      return where(call -> call.shard().equals(Optional.of(id)));
    }

    /** Only calls with this text in their body. */
    public Rule mentioning(String text) {
      return where(call -> call.text().contains(text));
    }
  }

  private final Gateway gateway;
  private final FaultScript<DynamoCall, HttpFault> script = new FaultScript<>();
  private final IssuedIterators iterators = new IssuedIterators();
  private final CountDownLatch closed = new CountDownLatch(1);

  private HttpFaultProxy(URI upstream) {
    gateway = Gateway.start(upstream, this::handle);
  }

  /** Starts one that passes everything on until rules are added. */
  public static HttpFaultProxy to(URI upstream) {
    return new HttpFaultProxy(upstream);
  }

  /** Where clients are to connect. */
  public URI endpoint() {
    return gateway.endpoint();
  }

  /**
   * Begins a rule.
   *
   * @param operation such as {@code GetRecords}, or {@link #ANY}
   */
  public Rule fail(String operation) {
    return new Rule(script, operation);
  }

  /** Short for a rule that strikes the nth call of an operation from now on, counted from 1. */
  public HttpFaultProxy onNth(String operation, long nth, HttpFault fault) {
    fail(operation).nth(nth).with(fault);
    return this;
  }

  /** Short for a rule that strikes every call of an operation, until {@link #heal}. */
  public HttpFaultProxy always(String operation, HttpFault fault) {
    fail(operation).with(fault);
    return this;
  }

  /** Short for a rule that strikes calls of an operation at random, with one of the faults. */
  public HttpFaultProxy seeded(
      String operation, long seed, double probability, HttpFault... faults) {
    fail(operation).randomly(seed, probability).with(faults);
    return this;
  }

  /** Drops all rules: from now on every call is passed on. */
  public void heal() {
    script.heal();
  }

  /** How many calls of an operation, or of {@link #ANY}, have come in. */
  public long calls(String operation) {
    return script.calls(operation);
  }

  /** How many faults were injected, by {@link HttpFault#kind}. */
  public Map<String, Long> injected() {
    return script.injected();
  }

  @Override
  public void close() {
    closed.countDown();
    gateway.close();
  }

  private Reply handle(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    DynamoCall seen = new DynamoCall(call, iterators);
    Optional<HttpFault> fault = script.strike(seen);
    HttpFault.Exchange exchange =
        new HttpFault.Exchange() {
          @Override
          public Call call() {
            return call;
          }

          @Override
          public Answer forward(Call changed) throws IOException, InterruptedException {
            Answer answer = upstream.forward(changed);
            iterators.learn(seen, answer);
            return answer;
          }

          @Override
          public void pause(Duration time) throws InterruptedException {
            // Ends early only when the proxy is closed.
            closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
          }
        };
    return fault.isPresent()
        ? fault.get().reply(exchange)
        : new Reply.Whole(exchange.forward(call));
  }
}

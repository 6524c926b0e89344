package io.nimoshake.testkit.fault;

import io.nimoshake.testkit.wire.Call;
import io.nimoshake.testkit.wire.Gateway;
import io.nimoshake.testkit.wire.Reply;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Stands in front of a DynamoDB endpoint and does to chosen calls what networks and throttles do.
 *
 * <p>Rules may be added and dropped at any time; of several that apply to a call, the one added
 * first wins. What is drawn at random depends only on the seed, the operation and how manieth call
 * of it this is, not on how threads interleave.
 */
public final class HttpFaultProxy implements AutoCloseable {
  /** Stands for every operation in a rule. */
  public static final String ANY = "*";

  private interface Rule {
    Optional<HttpFault> strike(String operation, long nth);
  }

  private final Gateway gateway;
  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Tally injected = new Tally();
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
   * Strikes the nth call of an operation from now on.
   *
   * @param operation such as {@code GetRecords}, or {@link #ANY}, then counting all calls
   * @param nth counted from 1
   */
  public HttpFaultProxy onNth(String operation, long nth, HttpFault fault) {
    long due = calls(operation) + nth;
    rules.add(
        (name, number) -> {
          boolean hit =
              operation.equals(ANY) ? calls(ANY) == due : name.equals(operation) && number == due;
          return hit ? Optional.of(fault) : Optional.empty();
        });
    return this;
  }

  /** Strikes every call of an operation, or of {@link #ANY}, until {@link #heal}. */
  public HttpFaultProxy always(String operation, HttpFault fault) {
    return seeded(operation, 0, 1, fault);
  }

  /**
   * Strikes calls of an operation, or of {@link #ANY}, at random, with one of the faults.
   *
   * @param probability of a call to be struck, 0 to 1
   */
  public HttpFaultProxy seeded(
      String operation, long seed, double probability, HttpFault... faults) {
    List<HttpFault> choice = List.of(faults);
    // Or a rule would only ever strike calls that the ones ahead of it have struck already.
    long ofThisRule = seed * 31 + rules.size() * 0x9E3779B97F4A7C15L;
    rules.add(
        (name, number) -> {
          if (!operation.equals(ANY) && !operation.equals(name)) {
            return Optional.empty();
          }
          SplittableRandom random =
              new SplittableRandom(ofThisRule + name.hashCode() * 1_000_003L + number);
          return random.nextDouble() < probability
              ? Optional.of(choice.get(random.nextInt(choice.size())))
              : Optional.empty();
        });
    return this;
  }

  /** Drops all rules: from now on every call is passed on. */
  public void heal() {
    rules.clear();
  }

  /** How many calls of an operation, or of {@link #ANY}, have come in. */
  public long calls(String operation) {
    AtomicLong count = calls.get(operation);
    return count == null ? 0 : count.get();
  }

  /** How many faults were injected, by {@link HttpFault#kind}. */
  public Map<String, Long> injected() {
    return injected.counts();
  }

  @Override
  public void close() {
    closed.countDown();
    gateway.close();
  }

  private Reply handle(Call call, Gateway.Upstream upstream)
      throws IOException, InterruptedException {
    String operation = call.operation();
    Optional<HttpFault> struck = strike(operation);
    if (struck.isEmpty()) {
      return new Reply.Whole(upstream.forward(call));
    }
    HttpFault fault = struck.get();
    injected.count(fault.kind());
    if (fault instanceof HttpFault.Refusal refusal) {
      return new Reply.Whole(refusal.answer());
    }
    if (fault instanceof HttpFault.DropBefore) {
      return new Reply.None();
    }
    if (fault instanceof HttpFault.Delay delay) {
      // Ends early only when the proxy is closed.
      closed.await(delay.by().toNanos(), TimeUnit.NANOSECONDS);
    }
    if (fault instanceof HttpFault.UnprocessedItems) {
      HalfBatch half = HalfBatch.of(call);
      return new Reply.Whole(half.answer(upstream.forward(half.call())));
    }
    Reply.Whole whole = new Reply.Whole(upstream.forward(call));
    if (fault instanceof HttpFault.DropAfter) {
      return new Reply.None();
    }
    return fault instanceof HttpFault.HalfAnswer ? new Reply.Half(whole.answer()) : whole;
  }

  /** One call at a time, so that each has a number of its own under both names. */
  private synchronized Optional<HttpFault> strike(String operation) {
    increment(ANY);
    long nth = increment(operation);
    return rules.stream().flatMap(rule -> rule.strike(operation, nth).stream()).findFirst();
  }

  private long increment(String operation) {
    return calls.computeIfAbsent(operation, name -> new AtomicLong()).incrementAndGet();
  }
}

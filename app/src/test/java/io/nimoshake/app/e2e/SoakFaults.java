package io.nimoshake.app.e2e;

import io.nimoshake.testkit.fault.FaultProxy;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFault;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.fault.TcpFault;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The trouble of a soak. Every tenth call to the source is injured. The target breaks connections,
 * cuts handshakes, answers one in fifty commands with a code that nobody knows, and behaves now and
 * then like a primary that steps down: it answers everything with one code and closes all
 * connections.
 */
final class SoakFaults implements AutoCloseable {
  private static final Duration BETWEEN_STEP_DOWNS = Duration.ofSeconds(7);
  private static final Duration STEP_DOWN = Duration.ofSeconds(1);

  private static final List<MongoFault> STEP_DOWNS =
      List.of(
          MongoFault.code(91, "ShutdownInProgress").labels("RetryableWriteError"),
          MongoFault.code(10107, "NotWritablePrimary"),
          MongoFault.code(189, "PrimarySteppedDown").labels("RetryableWriteError"),
          MongoFault.code(91, "ShutdownInProgress"),
          MongoFault.code(10107, "NotWritablePrimary").labels("RetryableWriteError"),
          MongoFault.code(189, "PrimarySteppedDown"));

  private final HttpFaultProxy source;
  private final MongoFaultProxy commands;
  private final FaultProxy connections;
  private final ScheduledExecutorService elections =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "elections");
            thread.setDaemon(true);
            return thread;
          });
  private boolean troubled;
  private int stepDowns;

  SoakFaults(Servers servers) {
    source = HttpFaultProxy.to(servers.dynamoServer.endpoint());
    commands =
        MongoFaultProxy.to("127.0.0.1", servers.mongoServer.port()).requireUser("soak", "secret");
    connections = FaultProxy.to("127.0.0.1", commands.port());
    elections.scheduleWithFixedDelay(
        this::stepDown,
        BETWEEN_STEP_DOWNS.toMillis(),
        BETWEEN_STEP_DOWNS.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  URI sourceEndpoint() {
    return source.endpoint();
  }

  String targetUri() {
    return commands.uri().replace(":" + commands.port(), ":" + connections.port());
  }

  HttpFaultProxy source() {
    return source;
  }

  /** What can be compared with the program's own counts. */
  FailureCount count() {
    return FailureCount.injected(source.injected(), connections.injected());
  }

  synchronized void begin(long seed) {
    troubled = true;
    source
        .fail(HttpFaultProxy.ANY)
        .randomly(seed, 0.1)
        .with(
            HttpFault.THROTTLING,
            HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED,
            HttpFault.LIMIT_EXCEEDED,
            HttpFault.INTERNAL_SERVER_ERROR,
            HttpFault.SERVICE_UNAVAILABLE,
            HttpFault.DROP_BEFORE,
            HttpFault.DROP_AFTER,
            HttpFault.HALF_ANSWER,
            new HttpFault.Delay(Duration.ofMillis(100)));
    connections.seeded(
        seed,
        0.02,
        new TcpFault.Reset(TcpFault.Side.REPLY, 10),
        new TcpFault.Cut(TcpFault.Side.REQUEST, 100),
        new TcpFault.HalfReply(),
        new TcpFault.Delay(Duration.ofMillis(50)));
    commands
        .fail("saslStart")
        .randomly(seed, 0.1)
        .with(MongoFault.CUT_BEFORE, MongoFault.code(91, "ShutdownInProgress"));
    commands
        .fail("saslContinue")
        .randomly(seed, 0.1)
        .with(MongoFault.CUT_BEFORE, MongoFault.CUT_AFTER);
    commands
        .fail(MongoFaultProxy.ANY)
        .where(command -> !command.name().startsWith("sasl"))
        .randomly(seed, 0.02)
        .with(
            MongoFault.code(424242, "Unheard"),
            MongoFault.code(424243, "UnheardAfterTheEffect").afterEffect());
  }

  synchronized void end() {
    troubled = false;
    source.heal();
    connections.heal();
    commands.heal();
  }

  private void stepDown() {
    Injection refusal;
    synchronized (this) {
      if (!troubled) {
        return;
      }
      MongoFault fault = STEP_DOWNS.get(stepDowns++ % STEP_DOWNS.size());
      refusal =
          commands
              .fail(MongoFaultProxy.ANY)
              .where(command -> !command.name().startsWith("sasl"))
              .with(fault);
    }
    commands.cutAll();
    elections.schedule(refusal::stop, STEP_DOWN.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    elections.shutdownNow();
    connections.close();
    commands.close();
    source.close();
  }

  @Override
  public synchronized String toString() {
    return "at the source "
        + source.injected()
        + ", into connections to the target "
        + connections.injected()
        + ", into its commands "
        + commands.injected()
        + ", "
        + stepDowns
        + " step-downs";
  }
}

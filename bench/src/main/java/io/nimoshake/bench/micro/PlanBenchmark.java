package io.nimoshake.bench.micro;

import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Split.ScanSegment;
import io.nimoshake.core.plan.Command;
import io.nimoshake.core.plan.Event;
import io.nimoshake.core.plan.PlanOptions;
import io.nimoshake.core.plan.SyncPlan;
import io.nimoshake.core.port.Source.ShardInfo;
import io.nimoshake.core.port.Source.ShardListing;
import io.nimoshake.core.port.Source.StreamHandle;
import io.nimoshake.core.port.Target.Existing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures steps of a plan that follows a stream of 10,000 shards. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PlanBenchmark {
  private static final int SHARDS = 10_000;
  private static final String TABLE = "bench";
  private static final String ARN = "arn:aws:dynamodb:us-east-1:0:table/bench/stream/1";

  private final Instant now = Instant.ofEpochSecond(1_700_000_000);
  private final Optional<Instant> recordTime = Optional.of(now);
  private SyncPlan plan;
  private ShardListing listing;
  private long step;

  @Setup
  public void setUp() {
    List<ShardInfo> shards = new ArrayList<>();
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new ShardInfo(shard(i), Set.of(), Optional.empty()));
    }
    listing = new ShardListing(shards, true, true, now);
    plan =
        new SyncPlan(
            new PlanOptions(
                true,
                true,
                true,
                true,
                Existing.DROP,
                false,
                4,
                false,
                true,
                true,
                Duration.ofMinutes(2)),
            List.of());
    int started = follow();
    if (started != SHARDS) {
      throw new IllegalStateException(started + " shards were started");
    }
  }

  private static String shard(int number) {
    return "shardId-%020d-%08d".formatted(1_700_000_000_000L, number);
  }

  /** Carries out commands as a host does, until none is left. Returns the started shards. */
  private int follow() {
    int shards = 0;
    Deque<Command> commands = new ArrayDeque<>(plan.start());
    while (!commands.isEmpty()) {
      Command command = commands.poll();
      Optional<Event> answer = answer(command);
      answer.ifPresent(event -> commands.addAll(plan.on(event)));
      if (command instanceof Command.StartSplit split && answer.isEmpty()) {
        shards++;
      }
    }
    return shards;
  }

  private Optional<Event> answer(Command command) {
    if (command instanceof Command.ListTables) {
      return Optional.of(new Event.TablesListed(List.of(TABLE)));
    } else if (command instanceof Command.PrepareTable) {
      StreamHandle stream = new StreamHandle(ARN, true, now);
      return Optional.of(new Event.TablePrepared(TABLE, 1, true, Optional.of(stream)));
    } else if (command instanceof Command.ListShards) {
      return Optional.of(new Event.ShardsListed(TABLE, ARN, listing));
    } else if (command instanceof Command.StartSplit start
        && start.split() instanceof ScanSegment segment) {
      return Optional.of(
          new Event.Durable(TABLE, segment.id(), Position.END, Optional.empty(), now));
    } else if (command instanceof Command.DeleteForReal) {
      return Optional.of(new Event.DeletesAreReal(TABLE));
    } else if (command instanceof Command.FinishTable) {
      return Optional.of(new Event.TableFinished(TABLE));
    }
    return Optional.empty();
  }

  /** One page of one shard is durable. The plan makes this step for every page. */
  @Benchmark
  public List<Command> durablePage() {
    step++;
    String id = shard((int) (step % SHARDS));
    return plan.on(new Event.Durable(TABLE, id, Position.after("1" + step), recordTime, now));
  }

  /** All shards are listed again. The plan makes this step at every discovery of shards. */
  @Benchmark
  public List<Command> listing() {
    return plan.on(new Event.ShardsListed(TABLE, ARN, listing));
  }
}

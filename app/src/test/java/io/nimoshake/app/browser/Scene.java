package io.nimoshake.app.browser;

import io.nimoshake.app.progress.GivenTable;
import io.nimoshake.app.progress.SyncMonitor;
import io.nimoshake.core.engine.SyncView;
import io.nimoshake.core.engine.SyncView.TableView;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.fault.Unreachable;
import io.nimoshake.core.flow.GivenShard;
import io.nimoshake.core.flow.Outages.Outage;
import io.nimoshake.core.flow.Outages.Waiter;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.plan.PlanView.Progress;
import io.nimoshake.core.plan.TableState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** A sync for the page to show: its tables, and what happened to them in the last minutes. */
final class Scene implements SyncMonitor {
  /** As long as DynamoDB allows almost. */
  static final String LONG_NAME =
      "prod.eu-west-1.customer-loyalty-programme.points-and-vouchers-by-household-and-month.v2";

  private static final String MONGO = "MongoDB at mongo-1.internal:27017";

  private final Instant now;
  private final List<TableView> tables = new ArrayList<>();
  private final List<Consumer<Instant>> happenings = new ArrayList<>();
  private volatile List<Outage> outages = List.of();
  private Optional<String> nothingSelected = Optional.empty();

  Scene(Instant now) {
    this.now = now;
  }

  /** What a scene is called, and how it is made. */
  enum Name {
    STARTING {
      @Override
      void make(Scene scene) {
        // Its tables are not known yet.
      }
    },
    NO_TABLE {
      @Override
      void make(Scene scene) {
        scene.nothingSelected =
            Optional.of("the filter selects none of the tables of the source: customers, orders");
      }
    },
    COPYING {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        scene.copying("orders", 184_000, 300, 3, 8);
        scene.add(
            GivenTable.of("events", TableState.COPYING)
                .items(2_400_000)
                .segments(10, 16)
                .resumed(9)
                .view(),
            150);
        TableView waiting = GivenTable.of(LONG_NAME, TableState.WAITING).items(96_000).view();
        Fault throttled = new Fault.Throttled("Rate exceeded", null);
        waiting.stats().failures.failing("describing it", throttled, scene.now);
        scene.add(waiting, 0);
      }
    },
    IDLE {
      @Override
      void make(Scene scene) {
        IntStream.rangeClosed(1, 59)
            .forEach(
                i -> scene.idle(String.format("shop-%s-%02d", KINDS.get(i % 6), i), 1_000 * i));
        scene.idle(LONG_NAME, 77_000);
      }
    },
    FAILED {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        scene.idle("events", 96_000);
        scene.add(
            GivenTable.of("orders", TableState.FAILED)
                .items(40_000)
                .segments(2, 8)
                .failure("the target has no permission to write to shop.orders (code 13)")
                .written(11_200, 0)
                .view(),
            0);
      }
    },
    DEAD_LETTER {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        TableView orders = scene.copied("orders", 184_000, 2);
        // The shard that is closed: this object begins the progress of its shard anew.
        new GivenShard(orders.stats(), orders.plan().splits().get(4).split())
            .rejects("the number 1E+200 of attribute a\uff0eb is too large", scene.now);
      }
    },
    TARGET_DOWN {
      @Override
      void make(Scene scene) {
        for (String name : List.of("customers", "events", "orders")) {
          scene
              .copied(name, 12_480, 1)
              .stats()
              .failures
              .failing("writing shard-2", refused(), scene.now.minusSeconds(75));
        }
        scene.targetIsDown();
      }
    },
    FOLLOWED {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        scene.copied("orders", 184_000, 2);
      }
    },
    PAUSED {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        scene.copied("orders", 184_000, 95).limits().gate().shut();
        TableView events = scene.copying("events", 40_000, 120, 2, 4);
        events.limits().gate().shut();
      }
    },
    RESYNC {
      @Override
      void make(Scene scene) {
        scene.copied("customers", 12_480, 1);
        scene.copied("events", 96_000, 3);
        TableView orders = scene.copying("orders", 184_000, 300, 1, 8);
        orders
            .stats()
            .failures
            .failed(
                "reading shardId-00000001764313200000-7f3a91c2",
                new Fault.Gap(
                    "records of table orders expired unread",
                    Optional.of(scene.now.minusSeconds(90_000)),
                    Optional.of(scene.now.minusSeconds(86_400)),
                    null),
                scene.now.minusSeconds(240));
      }
    };

    private static final List<String> KINDS =
        List.of("orders", "customers", "events", "stock", "returns", "vouchers");

    abstract void make(Scene scene);
  }

  static Scene of(Name name, Instant now) {
    Scene scene = new Scene(now);
    name.make(scene);
    return scene;
  }

  private static Fault refused() {
    return new Fault.Transient("cannot write", new Unreachable(MONGO, "refuses connections"), null);
  }

  void targetIsDown() {
    outages =
        List.of(
            new Outage(
                new Unreachable(MONGO, "refuses connections"),
                now.minusSeconds(75),
                tables.stream()
                    .map(table -> new Waiter(Optional.of(table.name()), "writing shard-2"))
                    .toList()));
  }

  void targetIsBack() {
    outages = List.of();
    tables.forEach(table -> table.stats().failures.succeeded("writing shard-2"));
  }

  TableView table(String name) {
    return tables.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /** A table without changes. */
  private void idle(String name, long items) {
    TableView table = following(name, items, 1);
    shards(table).forEach(shard -> happenings.add(shard::readEmpty));
    tables.add(table);
  }

  /** A table whose changes come all the time, at most so many seconds late. */
  private TableView copied(String name, long items, int lagSeconds) {
    TableView table = following(name, items, 4);
    List<GivenShard> shards = shards(table);
    GivenShard shard = shards.remove(0);
    shards.forEach(other -> happenings.add(other::readEmpty));
    List<ChangeBatch> unwritten = new ArrayList<>();
    happenings.add(
        then -> {
          unwritten.forEach(shard::durable);
          unwritten.clear();
          long second = then.getEpochSecond() + name.length() * 7L;
          double share =
              0.35 + 0.3 * Math.abs(Math.sin(second / 9.0)) + (second % 41 == 0 ? 0.35 : 0);
          Instant oldest = then.minusMillis((long) (share * lagSeconds * 1_000));
          unwritten.add(shard.read(oldest, oldest));
          long changes = 20 + second % 13;
          table.stats().stream.read.add(changes + 1);
          table.stats().stream.coalesced.add(1);
          table.stats().stream.written.add(changes);
          table.stats().stream.writtenBytes.add(changes * 700);
        });
    tables.add(table);
    return table;
  }

  private TableView following(String name, long items, int shards) {
    GivenTable table = GivenTable.of(name, TableState.FOLLOWING).items(items).segments(4, 4);
    Instant record = now.minusSeconds(2);
    table.shard("shardId-00000001764313200000-7f3a91c0", Progress.DONE, record);
    for (int i = 1; i <= shards; i++) {
      table.shard(
          "shardId-0000000176431320000" + i + "-7f3a91c" + i,
          Progress.RUNNING,
          record,
          "shardId-00000001764313200000-7f3a91c0");
    }
    return table.written(items, 0).unreadSince(now.minusSeconds(90)).view();
  }

  /** Its open shards. */
  private static List<GivenShard> shards(TableView table) {
    List<GivenShard> shards = new ArrayList<>();
    table.plan().splits().stream()
        .filter(split -> split.split() instanceof Split.StreamShard)
        .filter(split -> split.progress() == Progress.RUNNING)
        .forEach(split -> shards.add(new GivenShard(table.stats(), split.split())));
    return shards;
  }

  private TableView copying(String name, long items, long perSecond, int done, int segments) {
    TableView table =
        GivenTable.of(name, TableState.COPYING).items(items).segments(done, segments).view();
    add(table, perSecond);
    return table;
  }

  private void add(TableView table, long copiedPerSecond) {
    happenings.add(
        then -> {
          long copied = copiedPerSecond - then.getEpochSecond() % 17 * copiedPerSecond / 60;
          table.stats().copy.read.add(copied);
          table.stats().copy.written.add(copied);
          table.stats().copy.writtenBytes.add(copied * 900);
        });
    tables.add(table);
  }

  /** Lets one second pass. */
  void happens(Instant then) {
    happenings.forEach(happening -> happening.accept(then));
  }

  @Override
  public SyncView view() {
    return new SyncView(
        tables,
        false,
        false,
        3_400_000,
        Optional.of(now.plusSeconds(25)),
        Optional.empty(),
        List.of(),
        outages,
        Duration.ZERO);
  }

  @Override
  public long checkpointSaves() {
    return 412;
  }

  @Override
  public Optional<String> nothingSelected() {
    return nothingSelected;
  }

  @Override
  public Map<String, FailedCalls> failedCalls() {
    return Map.of();
  }
}

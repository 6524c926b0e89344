package io.nimoshake.mongodb.source;

import io.nimoshake.core.engine.SyncOptions;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.Position;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.Split;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.CheckpointEntry.OfTable;
import io.nimoshake.core.port.CheckpointEntry.Phase;
import io.nimoshake.core.port.Mapping;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.mongodb.write.IdLayout;
import io.nimoshake.mongodb.write.MongoTargetSettings;
import io.nimoshake.testkit.memory.UnaskedSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.bson.BsonDocument;
import org.bson.BsonString;

/** What a way back needs besides MongoDB. */
final class WayBackFixture {
  private WayBackFixture() {}

  static ChangeStreamSource source(String uri, String... collections) throws Fault {
    return source(uri, Mapping.NONE, new PlainReverse(List.of(collections)));
  }

  /** The tables {@code orders} and {@code users}, whose documents are in one collection. */
  static ChangeStreamSource ofSharedCollection(String uri, String collection) throws Fault {
    Mapping mapping =
        new Mapping() {
          @Override
          public Optional<OfTable> of(TableSchema table) {
            return Optional.empty();
          }

          @Override
          public List<String> problems(java.util.Collection<TableSchema> tables) {
            return List.of();
          }
        };
    return source(uri, mapping, new PlainReverse(List.of(collection), true));
  }

  static MongoTargetSettings settings(String uri) {
    return new MongoTargetSettings(
        uri, ReadChanges.DATABASE, IdLayout.KEY, false, new FieldNames(true, "pre"), false, false);
  }

  private static ChangeStreamSource source(String uri, Mapping mapping, PlainReverse reverse)
      throws Fault {
    return new ChangeStreamSource(
        settings(uri), new OneTable(List::of), mapping, reverse, table -> true, RejectedKeys.NONE);
  }

  static SyncOptions back(SyncOptions defaults) {
    return new SyncOptions(
        SyncOptions.Mode.BACK,
        true,
        defaults.tables(),
        defaults.requiredTables(),
        defaults.existing(),
        false,
        4,
        defaults.segments(),
        4,
        20,
        SyncOptions.OnGap.FAIL,
        16 << 20,
        Duration.ofMillis(50),
        Duration.ofMillis(200),
        defaults.leaseDuration(),
        defaults.unknownFor(),
        Duration.ofSeconds(1),
        8);
  }

  static OfTable copied(String table) {
    return new OfTable(
        table, Phase.COPIED, Optional.of(Instant.EPOCH), List.of("arn"), 1, true, false);
  }

  /** The same, where DynamoDB holds the items of these keys. */
  static ChangeStreamSource withItems(
      String uri, Supplier<Collection<String>> items, String... collections) throws Fault {
    return withItems(uri, items, RejectedKeys.NONE, collections);
  }

  /** The same, where the copy to MongoDB has rejected items. */
  static ChangeStreamSource withItems(
      String uri, Supplier<Collection<String>> items, RejectedKeys rejected, String... collections)
      throws Fault {
    return new ChangeStreamSource(
        settings(uri),
        new OneTable(items),
        Mapping.NONE,
        new PlainReverse(List.of(collections)),
        table -> true,
        rejected);
  }

  /** DynamoDB, as far as the way back reads it. */
  private static final class OneTable extends UnaskedSource {
    private final Supplier<Collection<String>> items;

    OneTable(Supplier<Collection<String>> items) {
      this.items = items;
    }

    @Override
    public List<String> listTables() {
      return List.of("orders", "users");
    }

    @Override
    public TableSchema describe(String table) {
      return ReadChanges.ORDERS.named(table);
    }

    /** All items are in the first segment. */
    @Override
    public SplitReader open(Split split, Position from) {
      boolean first = ((Split.ScanSegment) split).index() == 0;
      ChangeBatch.Builder page = ChangeBatch.builder(split);
      for (String id : first ? items.get() : List.<String>of()) {
        Slice item = StoredDocument.bytes(new BsonDocument("id", new BsonString(id)));
        page.add(new Change.Upsert(new ItemKey(item), item));
      }
      return new SplitReader() {
        @Override
        public ChangeBatch read() {
          return page.build(Position.END);
        }

        @Override
        public void close() {
          // It has no connection.
        }
      };
    }
  }
}

package io.nimoshake.testkit.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Target} must do. Each test starts where nothing is. */
public abstract class TargetConformance extends PageConformance {
  @ParameterizedTest
  @EnumSource(KeyShape.class)
  void everyKeyShapeIsCopied(KeyShape shape) throws Fault {
    TableSchema table = shape.table();
    target.prepare(table, Existing.DROP);
    List<Map<String, Object>> items = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      items.add(with(shape.key(i), "payload", "copied"));
    }
    writeAll(table, WriteMode.COPY_REPLACE, upserts(table, items));
    assertItems(items, table);
  }

  @ParameterizedTest
  @EnumSource(KeyShape.class)
  void everyKeyShapeIsReplacedAndDeleted(KeyShape shape) throws Fault {
    assumeTakesChanges();
    TableSchema table = shape.table();
    target.prepare(table, Existing.DROP);
    List<Map<String, Object>> first = new ArrayList<>();
    List<Map<String, Object>> second = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      first.add(with(shape.key(i), "payload", "first"));
      second.add(with(shape.key(i), "payload", "second"));
    }
    writeAll(table, WriteMode.COPY_REPLACE, upserts(table, first));
    assertItems(first, table);
    writeAll(table, WriteMode.STREAM, upserts(table, second));
    assertItems(second, table);
    writeAll(table, WriteMode.STREAM, deletes(table, second.subList(0, 15)));
    assertItems(second.subList(15, 20), table);
  }

  @ParameterizedTest
  @EnumSource(KeyShape.class)
  void everyKeyShapeHasTombstones(KeyShape shape) throws Fault {
    assumeTrue(target.capabilities().insertIfAbsent());
    TableSchema table = shape.table();
    target.prepare(table, Existing.DROP);
    List<Map<String, Object>> items = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      items.add(with(shape.key(i), "payload", "copied"));
    }
    writeAll(table, WriteMode.STREAM_WITH_TOMBSTONES, deletes(table, items.subList(0, 2)));
    writeAll(table, WriteMode.COPY_IF_ABSENT, upserts(table, items));
    assertItems(items.subList(2, 4), table);
    assertEquals(2, tombstones(table.name()));
    target.purgeTombstones(table);
    assertItems(items.subList(2, 4), table);
  }

  @Test
  void everyModeMayBeRepeated() throws Fault {
    assumeTakesChanges();
    target.prepare(TABLE, Existing.DROP);
    for (WriteMode mode : WriteMode.values()) {
      if (mode == WriteMode.COPY_IF_ABSENT && !target.capabilities().insertIfAbsent()) {
        continue;
      }
      List<Change> changes = upserts(TABLE, List.of(item("a", "1"), item("b", "2")));
      writeAll(TABLE, mode, changes);
      writeAll(TABLE, mode, changes);
      assertItems(List.of(item("a", "1"), item("b", "2")), TABLE);
    }
    List<Change> delete = deletes(TABLE, List.of(item("a", "1")));
    writeAll(TABLE, WriteMode.STREAM, delete);
    writeAll(TABLE, WriteMode.STREAM, delete);
    assertItems(List.of(item("b", "2")), TABLE);
  }

  @Test
  void insertIfAbsentKeepsWhatIsThere() throws Fault {
    prepareForTombstones();
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, upserts(TABLE, List.of(item("a", "new"))));
    writeAll(
        TABLE, WriteMode.COPY_IF_ABSENT, upserts(TABLE, List.of(item("a", "old"), item("b", "b"))));
    assertItems(List.of(item("a", "new"), item("b", "b")), TABLE);
  }

  @Test
  void aTombstoneKeepsALateCopyOut() throws Fault {
    prepareForTombstones();
    List<Change> delete = deletes(TABLE, List.of(item("a", "")));
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, delete);
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, delete);
    assertEquals(1, tombstones(TABLE.name()));
    writeAll(TABLE, WriteMode.COPY_IF_ABSENT, upserts(TABLE, List.of(item("a", "late"))));
    assertItems(List.of(), TABLE);
  }

  @Test
  void anUpsertReplacesATombstone() throws Fault {
    prepareForTombstones();
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, deletes(TABLE, List.of(item("a", ""))));
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, upserts(TABLE, List.of(item("a", "again"))));
    assertEquals(0, tombstones(TABLE.name()));
    target.purgeTombstones(TABLE);
    assertItems(List.of(item("a", "again")), TABLE);
  }

  @Test
  void aRealDeleteRemovesItemsAndTombstones() throws Fault {
    prepareForTombstones();
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, deletes(TABLE, List.of(item("a", ""))));
    writeAll(TABLE, WriteMode.STREAM, upserts(TABLE, List.of(item("b", "b"))));
    writeAll(
        TABLE,
        WriteMode.STREAM,
        deletes(TABLE, List.of(item("a", ""), item("b", ""), item("c", ""))));
    assertItems(List.of(), TABLE);
    assertEquals(0, tombstones(TABLE.name()));
  }

  @Test
  void purgingLeavesItemsEvenThoseThatLookLikeTombstones() throws Fault {
    prepareForTombstones();
    Map<String, Object> lookalike = with(item("a", "a"), "__nimo_deleted", "true");
    writeAll(
        TABLE,
        WriteMode.STREAM_WITH_TOMBSTONES,
        upserts(TABLE, List.of(lookalike, item("b", "b"))));
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, deletes(TABLE, List.of(item("c", ""))));
    target.purgeTombstones(TABLE);
    target.purgeTombstones(TABLE);
    assertItems(List.of(lookalike, item("b", "b")), TABLE);
    assertEquals(0, tombstones(TABLE.name()));
  }

  @Test
  void aFullBatchOfUpsertsAndDeletes() throws Fault {
    assumeTakesChanges();
    target.prepare(TABLE, Existing.DROP);
    int size = target.capabilities().maxChanges();
    List<Map<String, Object>> before = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      before.add(item("k" + i, "before"));
    }
    writeAll(TABLE, WriteMode.COPY_REPLACE, upserts(TABLE, before));
    List<Change> mixed = new ArrayList<>();
    List<Map<String, Object>> after = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      if (i % 3 == 0) {
        mixed.addAll(deletes(TABLE, List.of(item("k" + i, ""))));
      } else {
        after.add(item("k" + i, "after"));
        mixed.addAll(upserts(TABLE, List.of(item("k" + i, "after"))));
      }
    }
    writeAll(TABLE, WriteMode.STREAM, mixed);
    assertItems(after, TABLE);
  }

  @ParameterizedTest
  @EnumSource(WriteMode.class)
  void aRefusedItemIsReportedAndStopsNoOther(WriteMode mode) throws Fault {
    assumeTrue(mode != WriteMode.COPY_IF_ABSENT || target.capabilities().insertIfAbsent());
    assumeTrue(refused("bad").isPresent());
    target.prepare(TABLE, Existing.DROP);
    Map<String, Object> refused = refused("bad").orElseThrow();
    List<Rejected> rejected =
        target.write(TABLE, upserts(TABLE, List.of(item("a", "a"), refused, item("b", "b"))), mode);
    assertItems(List.of(item("a", "a"), item("b", "b")), TABLE);
    assertEquals(1, rejected.size());
    assertEquals(TABLE.name(), rejected.get(0).table());
    assertTrue(rejected.get(0).key().contains("bad"), rejected.get(0).key());
    assertFalse(rejected.get(0).reason().isBlank());
    for (String attribute : refused.keySet()) {
      assertTrue(rejected.get(0).item().contains('"' + attribute + '"'), attribute);
    }
  }

  @Test
  void copyAndStreamMayRaceForTheSameKeys() throws Exception {
    prepareForTombstones();
    int keys = 200;
    List<Map<String, Object>> copied = new ArrayList<>();
    List<Map<String, Object>> streamed = new ArrayList<>();
    List<Change> stream = new ArrayList<>();
    for (int i = 0; i < keys; i++) {
      copied.add(item("k" + i, "copied"));
      if (i % 2 == 0) {
        streamed.add(item("k" + i, "streamed"));
        stream.addAll(upserts(TABLE, List.of(item("k" + i, "streamed"))));
      } else {
        stream.addAll(deletes(TABLE, List.of(item("k" + i, ""))));
      }
    }
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 5; round++) {
        target.prepare(TABLE, Existing.DROP);
        Future<?> copy =
            threads.submit(
                () -> target.write(TABLE, upserts(TABLE, copied), WriteMode.COPY_IF_ABSENT));
        Future<?> changes =
            threads.submit(() -> target.write(TABLE, stream, WriteMode.STREAM_WITH_TOMBSTONES));
        copy.get();
        changes.get();
        assertItems(streamed, TABLE);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void droppingLeavesNothing() throws Fault {
    putForeign(TABLE, item("old", "old"));
    assertTrue(target.prepare(TABLE, Existing.DROP).fresh());
    assertItems(List.of(), TABLE);
    assertTrue(target.prepare(TABLE, Existing.DROP).fresh());
  }

  @Test
  void renamingKeepsTheOldElsewhere() throws Fault {
    assumeTrue(renamedItems(TABLE.name()).isPresent());
    putForeign(TABLE, item("old", "old"));
    assertTrue(target.prepare(TABLE, Existing.RENAME).fresh());
    assertTrue(target.prepare(TABLE, Existing.RENAME).fresh());
    assertItems(List.of(), TABLE);
    assertEquals(Optional.of(List.of(item("old", "old"))), renamedItems(TABLE.name()));
  }

  @Test
  void keepingMergesWithWhatIsThere() throws Fault {
    assumeTakesChanges();
    putForeign(TABLE, item("old", "old"));
    putForeign(TABLE, item("both", "old"));
    assertFalse(target.prepare(TABLE, Existing.KEEP).fresh());
    writeAll(
        TABLE,
        WriteMode.COPY_REPLACE,
        upserts(TABLE, List.of(item("both", "new"), item("new", "new"))));
    assertItems(List.of(item("old", "old"), item("both", "new"), item("new", "new")), TABLE);
  }

  @Test
  void whereNothingIsThereEveryWayIsFresh() throws Fault {
    assertTrue(target.prepare(TABLE, Existing.KEEP).fresh());
    assertTrue(target.prepare(TABLE, Existing.KEEP).fresh());
    assertItems(List.of(), TABLE);
  }

  /** Tombstones have no attributes but the key, so that two of them would be duplicates there. */
  @Test
  void whatHasAUniqueIndexOfTheUsersIsNotFresh() throws Fault {
    assumeTrue(makeUniqueIndex(TABLE, "value"));
    assertFalse(target.prepare(TABLE, Existing.KEEP).fresh());
    assertTrue(target.prepare(TABLE, Existing.DROP).fresh());
  }

  @Test
  void resumingChangesNothing() throws Fault {
    target.prepare(TABLE, Existing.DROP);
    List<Map<String, Object>> items = List.of(item("a", "1"), item("b", "2"));
    writeAll(TABLE, WriteMode.COPY_REPLACE, upserts(TABLE, items));
    boolean tombstones = target.capabilities().insertIfAbsent();
    if (tombstones) {
      writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, deletes(TABLE, List.of(item("c", ""))));
    }
    try (Target again = open()) {
      again.prepare(TABLE, Existing.RESUME);
      again.prepare(TABLE, Existing.RESUME);
      assertItems(items, TABLE);
      assertEquals(tombstones ? 1 : 0, tombstones(TABLE.name()));
      assumeTakesChanges();
      again.write(TABLE, upserts(TABLE, List.of(item("a", "changed"))), WriteMode.STREAM);
    }
    assertItems(List.of(item("a", "changed"), item("b", "2")), TABLE);
  }

  @Test
  void aCopyBesideTakesThePlaceOfTheOldOneAtOnce() throws Fault {
    prepareOldCopyToSwap();
    assertTrue(target.prepare(TABLE, Existing.BESIDE).fresh());
    writeAll(TABLE, WriteMode.COPY_IF_ABSENT, upserts(TABLE, List.of(item("a", "new"))));
    writeAll(TABLE, WriteMode.STREAM_WITH_TOMBSTONES, deletes(TABLE, List.of(item("b", ""))));
    target.purgeTombstones(TABLE);
    target.finish(TABLE);
    assertItems(List.of(item("a", "old"), item("b", "old")), TABLE);
    target.swapIn(TABLE);
    assertItems(List.of(item("a", "new")), TABLE);
    target.swapIn(TABLE);
    writeAll(TABLE, WriteMode.STREAM, upserts(TABLE, List.of(item("c", "new"))));
    assertItems(List.of(item("a", "new"), item("c", "new")), TABLE);
    assertEquals(0, tombstones(TABLE.name()));
    assertFalse(hasHelpers(TABLE.name()));
  }

  @Test
  void aCopyBesideIsResumedBeforeAndAfterItTookItsPlace() throws Fault {
    prepareOldCopyToSwap();
    target.prepare(TABLE, Existing.BESIDE);
    writeAll(TABLE, WriteMode.COPY_REPLACE, upserts(TABLE, List.of(item("a", "new"))));
    try (Target again = open()) {
      again.prepare(TABLE, Existing.RESUME_BESIDE);
      again.write(TABLE, upserts(TABLE, List.of(item("c", "new"))), WriteMode.COPY_REPLACE);
      again.finish(TABLE);
      assertItems(List.of(item("a", "old"), item("b", "old")), TABLE);
      again.swapIn(TABLE);
    }
    try (Target again = open()) {
      again.prepare(TABLE, Existing.RESUME_BESIDE);
      again.swapIn(TABLE);
      again.write(TABLE, upserts(TABLE, List.of(item("d", "new"))), WriteMode.STREAM);
    }
    assertItems(List.of(item("a", "new"), item("c", "new"), item("d", "new")), TABLE);
  }

  @Test
  void aCopyBesideBegunAgainIsEmpty() throws Fault {
    prepareOldCopyToSwap();
    target.prepare(TABLE, Existing.BESIDE);
    writeAll(TABLE, WriteMode.COPY_REPLACE, upserts(TABLE, List.of(item("x", "x"))));
    assertTrue(target.prepare(TABLE, Existing.BESIDE).fresh());
    target.finish(TABLE);
    target.swapIn(TABLE);
    assertItems(List.of(), TABLE);
  }

  @Test
  void finishingBuildsTheUsersIndexesAndDropsHelpers() throws Fault {
    assumeTakesChanges();
    KeyAttribute hash = new KeyAttribute("id", KeyAttribute.Type.S);
    KeyAttribute city = new KeyAttribute("city", KeyAttribute.Type.S);
    KeyAttribute age = new KeyAttribute("age", KeyAttribute.Type.N);
    KeyAttribute street = new KeyAttribute("street", KeyAttribute.Type.S);
    TableSchema table =
        new TableSchema(
            "people",
            hash,
            Optional.empty(),
            List.of(
                new TableSchema.SecondaryIndex("by-city", true, city, Optional.of(age)),
                new TableSchema.SecondaryIndex("by-age", true, age, Optional.empty()),
                new TableSchema.SecondaryIndex(
                    "by-all",
                    true,
                    List.of(street, city),
                    List.of(age, hash),
                    TableSchema.Projection.ALL)),
            0,
            0);
    target.prepare(table, Existing.DROP);
    Map<String, Object> person = with(with(attributes("id", "a"), "city", "Oslo"), "age", 7L);
    writeAll(table, WriteMode.COPY_REPLACE, upserts(table, List.of(person)));
    target.finish(table);
    target.finish(table);
    assertEquals(
        Set.of(List.of("city", "age"), List.of("age"), List.of("street", "city", "age", "id")),
        userIndexes(table.name()));
    assertFalse(hasHelpers(table.name()));
    assertItems(List.of(person), table);
  }
}

package io.nimoshake.dynamodb.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.Projection;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.dynamodb.source.DynamoSource;
import io.nimoshake.dynamodb.source.FakeService;
import io.nimoshake.dynamodb.source.LocalService;
import io.nimoshake.dynamodb.source.ReadOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTablesTest {
  private static final KeyAttribute ID = new KeyAttribute("id", KeyAttribute.Type.S);
  private static final KeyAttribute AT = new KeyAttribute("at", KeyAttribute.Type.N);
  private static final KeyAttribute CITY = new KeyAttribute("city", KeyAttribute.Type.B);

  private static final TableSchema PLAIN =
      new TableSchema("goods", ID, Optional.of(AT), List.of(), 0, 0);
  private static final TableSchema INDEXED =
      new TableSchema(
          "goods",
          ID,
          Optional.of(AT),
          List.of(
              new SecondaryIndex(
                  "some",
                  true,
                  List.of(CITY),
                  List.of(AT),
                  new Projection(Projection.Kind.INCLUDE, List.of("a", "b"))),
              new SecondaryIndex(
                  "keys",
                  true,
                  List.of(CITY),
                  List.of(),
                  new Projection(Projection.Kind.KEYS_ONLY, List.of())),
              new SecondaryIndex("local", false, ID, Optional.of(CITY))),
          0,
          0);

  /** An answer of DescribeTable for {@link #PLAIN}. */
  private static final String ACTIVE =
      "{\"Table\":{\"TableName\":\"goods\",\"TableStatus\":\"ACTIVE\","
          + "\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"},"
          + "{\"AttributeName\":\"at\",\"KeyType\":\"RANGE\"}],"
          + "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"},"
          + "{\"AttributeName\":\"at\",\"AttributeType\":\"N\"}]}}";

  private static final String EMPTY = "{\"Count\":0,\"ScannedCount\":0}";

  @Test
  void aTableGetsKeysAndIndexesWithWhatTheyHold() throws Fault {
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, true)) {
      assertTrue(prepare(target, INDEXED, Existing.DROP));
      TableSchema made = describe(service);
      assertEquals(INDEXED.key(), made.key());
      assertEquals(new HashSet<>(INDEXED.indexes()), new HashSet<>(made.indexes()));
    }
  }

  @Test
  void indexesAreLeftOutIfTheUserSaysSo() throws Fault {
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, false)) {
      prepare(target, INDEXED, Existing.KEEP);
      finish(target);
      assertEquals(List.of(), describe(service).indexes());
    }
  }

  @Test
  void aTableThatWasThereGetsItsMissingGlobalIndexes() throws Fault {
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, true)) {
      prepare(target, PLAIN, Existing.KEEP);
      finish(target);
      assertEquals(
          new HashSet<>(INDEXED.indexes().subList(0, 2)),
          new HashSet<>(describe(service).indexes()));
    }
  }

  private interface Step<T> {
    T run() throws Fault;
  }

  /** Calls again like the engine while the service is not ready. */
  private static <T> T comingAgain(Step<T> step) throws Fault {
    for (int attempt = 0; ; attempt++) {
      try {
        return step.run();
      } catch (Fault.Transient e) {
        assertTrue(attempt < 30, e.getMessage());
      }
    }
  }

  private static boolean prepare(DynamoTarget target, TableSchema table, Existing existing)
      throws Fault {
    return comingAgain(() -> target.prepare(table, existing)).fresh();
  }

  private static void finish(DynamoTarget target) throws Fault {
    comingAgain(
        () -> {
          target.finish(INDEXED);
          return null;
        });
  }

  @Test
  void aTableWithAnotherKeyIsReplacedOrRefused() throws Fault {
    TableSchema other =
        new TableSchema(
            "goods",
            new KeyAttribute("id", KeyAttribute.Type.N),
            Optional.empty(),
            List.of(),
            0,
            0);
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, true)) {
      prepare(target, other, Existing.KEEP);
      Fault fault =
          assertThrows(Fault.TableFailed.class, () -> target.prepare(PLAIN, Existing.KEEP));
      assertTrue(fault.getMessage().contains("another key"), fault.getMessage());
      assertThrows(Fault.TableFailed.class, () -> target.prepare(PLAIN, Existing.RESUME));
      prepare(target, PLAIN, Existing.DROP);
      assertEquals(PLAIN.key(), describe(service).key());
    }
  }

  @Test
  void aTableIsNeverRenamed() throws Fault {
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, true)) {
      assertThrows(Fault.TableFailed.class, () -> target.prepare(PLAIN, Existing.RENAME));
    }
  }

  /** DescribeTable is eventually consistent, so one answer does not make a table missing. */
  @Test
  void aMissingTableIsResumedWhenTheServiceKnowsItAgain() throws Exception {
    try (FakeService service = new FakeService();
        DynamoTarget target = target(service)) {
      service
          .fail("DescribeTable", "ResourceNotFoundException", "no such table")
          .answer("DescribeTable", ACTIVE);

      Fault.Unknown missing =
          assertThrows(Fault.Unknown.class, () -> target.prepare(PLAIN, Existing.RESUME));

      assertEquals(
          "table goods does not exist in the target, although the checkpoint says that items were"
              + " copied to it",
          missing.getMessage());
      assertFalse(target.prepare(PLAIN, Existing.RESUME).fresh());
    }
  }

  @Test
  void aTableThatOnlySeemedDeletedIsDeletedBeforeItIsCreatedAnew() throws Exception {
    try (FakeService service = new FakeService();
        DynamoTarget target = target(service)) {
      service
          .fail("DescribeTable", "ResourceNotFoundException", "no such table")
          .answer("DescribeTable", ACTIVE)
          .fail("DescribeTable", "ResourceNotFoundException", "no such table")
          .answer("DescribeTable", ACTIVE)
          .fail("CreateTable", "ResourceInUseException", "it exists")
          .answer("CreateTable", "{}")
          .answer("DeleteTable", "{}")
          .answer("Scan", EMPTY);

      assertTrue(prepare(target, PLAIN, Existing.DROP));

      assertEquals(1, service.calls("DeleteTable").size());
      assertEquals(2, service.calls("CreateTable").size());
    }
  }

  @Test
  void theStatusOfATargetTableIsNamedWhileItIsWaitedForAndWhenItFails() throws Exception {
    try (FakeService service = new FakeService();
        DynamoTarget target = target(service)) {
      service.answer("DescribeTable", ACTIVE.replace("ACTIVE", "ARCHIVING"));
      Fault waiting =
          assertThrows(Fault.Transient.class, () -> target.prepare(PLAIN, Existing.KEEP));
      assertEquals(
          "waiting for table goods of the target to be ACTIVE: its status is ARCHIVING",
          waiting.getMessage());
    }
    try (FakeService service = new FakeService();
        DynamoTarget target = target(service)) {
      service.answer("DescribeTable", ACTIVE.replace("ACTIVE", "ARCHIVED"));
      Fault failed =
          assertThrows(Fault.TableFailed.class, () -> target.prepare(PLAIN, Existing.KEEP));
      assertEquals(
          "table goods of the target cannot be used: its status is ARCHIVED", failed.getMessage());
    }
  }

  /** While the service is not ready, the caller asks again; nothing is dropped twice. */
  @Test
  void droppingGoesOnWhereItWasWhenItComesAgain() throws Exception {
    try (FakeService service = new FakeService();
        DynamoTarget target = target(service)) {
      service
          .answer("DescribeTable", ACTIVE)
          .answer("DescribeTable", ACTIVE.replace("ACTIVE", "DELETING"))
          .fail("DescribeTable", "ResourceNotFoundException", "no such table")
          .answer("DescribeTable", ACTIVE.replace("ACTIVE", "CREATING"))
          .fail("DescribeTable", "ThrottlingException", "slow down")
          .answer("DescribeTable", ACTIVE.replace("ACTIVE", "CREATING"))
          .answer("DescribeTable", ACTIVE)
          .answer("DeleteTable", "{}")
          .answer("CreateTable", "{}")
          .fail("CreateTable", "ResourceInUseException", "it is there")
          .answer("Scan", EMPTY);
      assertThrows(Fault.Throttled.class, () -> prepare(target, PLAIN, Existing.DROP));
      assertTrue(prepare(target, PLAIN, Existing.DROP));
      assertEquals(1, service.calls("DeleteTable").size());
      assertTrue(service.calls("CreateTable").size() >= 2);
    }
  }

  @Test
  void theSameTableIsKnownByOtherNamesOfItsService() throws Fault {
    try (LocalService service = LocalService.fresh();
        DynamoTarget target = target(service, true)) {
      prepare(target, PLAIN, Existing.DROP);
      var first = target.identity("goods").orElseThrow();
      assertTrue(first.isSameAs(target.identity("goods").orElseThrow()));
      prepare(target, PLAIN, Existing.DROP);
      assertFalse(first.isSameAs(target.identity("goods").orElseThrow()));
      assertEquals(Optional.empty(), target.identity("other"));
    }
  }

  private static DynamoTarget target(FakeService service) throws Fault {
    return new DynamoTarget(new DynamoTargetSettings(service.settings(), true));
  }

  private static DynamoTarget target(LocalService service, boolean indexes) throws Fault {
    return new DynamoTarget(new DynamoTargetSettings(service.settings(), indexes));
  }

  private static TableSchema describe(LocalService service) throws Fault {
    try (DynamoSource source =
        new DynamoSource(
            service.settings(),
            ReadOptions.ALL,
            schema -> {
              throw new IllegalStateException("nothing is read");
            })) {
      return source.describe("goods");
    }
  }
}

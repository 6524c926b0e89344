package io.nimoshake.app.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.model.Updates;
import io.nimoshake.app.check.CheckOptions;
import io.nimoshake.app.check.Finding;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.bson.BsonBinary;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** The comparison after a cut-over goes on where DynamoDB refuses a call. */
class CheckBackRefusalsTest {
  private static final int ITEMS = 40;
  private static final CheckOptions REPAIR =
      new CheckOptions(List.of(), OptionalInt.empty(), Optional.empty(), true);
  private static final int CHANGED = 4;
  private static final int INSERTED = 1000;

  @TempDir Path directory;

  /** DynamoDB refuses to read an item of such a key, and the comparison goes on. */
  @Test
  void aDocumentUnderAKeyThatDynamoDbDoesNotAllowIsExtra() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S, Shape.S_B), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      AfterCutOver.copy(conf);
      writeUnderWrongKeys(servers);
      Checking found = Checking.run(conf, CheckOptions.ALL);
      assertWrongKeys(found);
      Checking sampled =
          Checking.run(
              conf, new CheckOptions(List.of(), OptionalInt.of(1_000), Optional.empty(), false));
      assertWrongKeys(sampled);
      Checking.run(conf, REPAIR);
      assertEquals(0, Checking.run(conf, CheckOptions.ALL).result().exitCode());

      AfterCutOver.cutOver(AfterCutOver.load(conf));
      writeUnderWrongKeys(servers);
      Checking repairing = Checking.run(conf, REPAIR);
      assertWrongKeys(repairing);
      assertTrue(
          repairing.findings().stream()
              .map(finding -> finding.repair().orElseThrow().what())
              .allMatch(
                  what ->
                      what.equals("not repaired: it is a document that cannot belong to any item")),
          repairing::text);
    }
  }

  /** An attribute of a secondary index has another type, so DynamoDB refuses to write the item. */
  @Test
  void anItemThatDynamoDbRefusesDoesNotEndTheRepair() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), ITEMS);
      final Path conf = servers.configuration(directory, "sync_mode = full");
      AfterCutOver.copyAndCutOver(conf);
      for (int number = INSERTED; number < INSERTED + 4; number++) {
        BsonDocument key =
            new BsonDocument("_id", new BsonString("key-" + number))
                .append(Servers.field("hash.key"), new BsonString("key-" + number));
        servers
            .collection(Shape.S.table)
            .insertOne(number % 2 == 0 ? key : key.append("group", new BsonInt32(7)));
      }
      Checking repairing = Checking.run(conf, REPAIR);
      assertTrue(
          repairing.result().tables().stream().allMatch(table -> table.failure().isEmpty()),
          repairing::text);
      assertEquals(4, repairing.findings().size(), repairing::text);
      for (Finding finding : repairing.findings()) {
        boolean refused = finding.key().contains("1001") || finding.key().contains("1003");
        String what = finding.repair().orElseThrow().what();
        assertTrue(
            refused
                ? what.startsWith("not repaired: DynamoDB refuses it: ValidationException")
                : what.equals("inserted into DynamoDB"),
            repairing::text);
      }
    }
  }

  /** The condition of a write has a limit. */
  @Test
  void anItemOfManyAttributesIsReplaced() throws Exception {
    try (Servers servers = Servers.shared()) {
      BothSides.create(servers, List.of(Shape.S), 1);
      Map<String, AttributeValue> item = new HashMap<>(Shape.S.key(CHANGED));
      for (int i = 0; i < 250; i++) {
        item.put("attribute" + i, AttributeValue.fromN(Integer.toString(i)));
      }
      servers.dynamo.putItem(r -> r.tableName(Shape.S.table).item(item));
      final Path conf = servers.configuration(directory, "sync_mode = full");
      AfterCutOver.copyAndCutOver(conf);
      servers
          .collection(Shape.S.table)
          .updateOne(
              new BsonDocument("attribute7", new BsonInt32(7)), Updates.set("attribute7", "seven"));
      Checking repairing = Checking.run(conf, REPAIR);
      assertEquals(
          List.of("replaced in DynamoDB"),
          repairing.findings().stream().map(f -> f.repair().orElseThrow().what()).toList(),
          repairing::text);
    }
  }

  private static void writeUnderWrongKeys(Servers servers) {
    String hash = Servers.field("hash.key");
    for (String key : List.of("", "x".repeat(2_049))) {
      servers
          .collection(Shape.S.table)
          .insertOne(
              new BsonDocument("_id", new BsonString(key)).append(hash, new BsonString(key)));
    }
    BsonDocument composite =
        new BsonDocument(hash, new BsonString("x"))
            .append("range", new BsonBinary(new byte[1_025]));
    servers
        .collection(Shape.S_B.table)
        .insertOne(new BsonDocument("_id", composite).append("a", new BsonInt32(1)));
  }

  private static void assertWrongKeys(Checking found) {
    assertTrue(
        found.result().tables().stream().allMatch(table -> table.failure().isEmpty()), found::text);
    assertEquals(3, found.findings().size(), found::text);
    for (Finding finding : found.findings()) {
      assertEquals(Finding.Kind.EXTRA, finding.kind());
      assertEquals(
          Optional.of("a document that cannot belong to any item"), finding.reason(), found::text);
    }
  }
}

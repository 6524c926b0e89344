package io.nimoshake.dynamodb.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.KeyAttribute.Type;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.model.TableSchema.Projection;
import io.nimoshake.core.model.TableSchema.SecondaryIndex;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

class TablesTest {
  @Test
  @SuppressWarnings("unchecked") // the SDK takes generic arrays
  void aTableIsDescribedWithItsKeysAndIndexes() throws Exception {
    try (LocalTables tables = new LocalTables("tables1");
        DynamoSource source = Decoders.source(Servers.local("tables1"), ReadOptions.ALL)) {
      tables
          .client()
          .createTable(
              request ->
                  request
                      .tableName("orders")
                      .billingMode("PAY_PER_REQUEST")
                      .attributeDefinitions(
                          a -> a.attributeName("h").attributeType(ScalarAttributeType.B),
                          a -> a.attributeName("r").attributeType(ScalarAttributeType.N),
                          a -> a.attributeName("x").attributeType(ScalarAttributeType.S))
                      .keySchema(
                          k -> k.attributeName("h").keyType(KeyType.HASH),
                          k -> k.attributeName("r").keyType(KeyType.RANGE))
                      .localSecondaryIndexes(
                          i ->
                              i.indexName("local")
                                  .keySchema(
                                      k -> k.attributeName("h").keyType(KeyType.HASH),
                                      k -> k.attributeName("x").keyType(KeyType.RANGE))
                                  .projection(p -> p.projectionType(ProjectionType.ALL)))
                      .globalSecondaryIndexes(
                          i ->
                              i.indexName("global")
                                  .keySchema(k -> k.attributeName("x").keyType(KeyType.HASH))
                                  .projection(p -> p.projectionType(ProjectionType.ALL))));

      TableSchema schema = source.describe("orders");

      KeyAttribute h = new KeyAttribute("h", Type.B);
      KeyAttribute x = new KeyAttribute("x", Type.S);
      assertEquals("orders", schema.name());
      assertEquals(List.of(h, new KeyAttribute("r", Type.N)), schema.key());
      assertEquals(
          Set.of(
              new SecondaryIndex("global", true, x, Optional.empty()),
              new SecondaryIndex("local", false, h, Optional.of(x))),
          Set.copyOf(schema.indexes()));
      assertEquals(List.of("orders"), source.listTables());
    }
  }

  @Test
  void everyAttributeOfAGlobalIndexIsInItsKey() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer(
          "DescribeTable",
          """
          {"Table": {"TableName": "orders",
            "AttributeDefinitions": [
              {"AttributeName": "h", "AttributeType": "S"},
              {"AttributeName": "a", "AttributeType": "N"},
              {"AttributeName": "b", "AttributeType": "S"},
              {"AttributeName": "c", "AttributeType": "B"}],
            "KeySchema": [{"AttributeName": "h", "KeyType": "HASH"}],
            "GlobalSecondaryIndexes": [{"IndexName": "i", "KeySchema": [
              {"AttributeName": "b", "KeyType": "HASH"},
              {"AttributeName": "a", "KeyType": "HASH"},
              {"AttributeName": "h", "KeyType": "RANGE"},
              {"AttributeName": "c", "KeyType": "RANGE"}]}]}}
          """);

      assertEquals(
          List.of(
              new SecondaryIndex(
                  "i",
                  true,
                  List.of(new KeyAttribute("b", Type.S), new KeyAttribute("a", Type.N)),
                  List.of(new KeyAttribute("h", Type.S), new KeyAttribute("c", Type.B)),
                  Projection.ALL)),
          source.describe("orders").indexes());
    }
  }

  @Test
  void namesAreListedToTheLastPage() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("ListTables", "{\"TableNames\":[\"a\",\"b\"],\"LastEvaluatedTableName\":\"b\"}")
          .answer("ListTables", "{\"TableNames\":[\"c\"]}");

      assertEquals(List.of("a", "b", "c"), source.listTables());
      assertTrue(fake.calls().get(1).contains("\"ExclusiveStartTableName\":\"b\""));
    }
  }

  @Test
  void wrongCredentialsAreFatalAndTold() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.fail("ListTables", "UnrecognizedClientException", "The security token is invalid.");

      Fault.Fatal fault = assertThrows(Fault.Fatal.class, source::listTables);

      assertEquals(
          "cannot list the tables of "
              + fake.settings().place()
              + ": UnrecognizedClientException (The security token is invalid.)",
          fault.getMessage());
    }
  }

  /** They may be renewed in a moment: nothing is final from one answer. */
  @Test
  void credentialsThatWorkedBeforeAreTriedAgain() throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("ListTables", "{\"TableNames\":[\"a\"]}")
          .fail("ListTables", "ExpiredTokenException", "The security token has expired.")
          .answer("ListTables", "{\"TableNames\":[\"a\"]}");
      source.listTables();

      Fault.Unknown fault = assertThrows(Fault.Unknown.class, source::listTables);

      assertEquals(
          "cannot list the tables of "
              + fake.settings().place()
              + ": credentials that were accepted before are refused now: ExpiredTokenException"
              + " (The security token has expired.)",
          fault.getMessage());
      assertEquals(List.of("a"), source.listTables());
    }
  }

  @Test
  void nobodyListeningMayPassAndIsTold() throws Exception {
    URI nobody = URI.create("http://127.0.0.1:1");
    try (DynamoSource source =
        Decoders.source(Servers.settings(nobody, "anyone"), ReadOptions.ALL)) {
      Fault.Transient fault = assertThrows(Fault.Transient.class, source::listTables);

      assertTrue(
          fault.getMessage().startsWith("cannot list the tables of http://127.0.0.1:1: "),
          fault.getMessage());
      assertTrue(fault.getMessage().contains("refuses connections"), fault.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACTIVE", "UPDATING", "REPLICATION_NOT_AUTHORIZED", "OF_NEXT_YEAR"})
  void aTableThatCanBeReadIsDescribed(String status) throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeTable", Decoders.TABLE.replace("ACTIVE", status));

      assertEquals("table", source.describe("table").name());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"CREATING", "DELETING", "ARCHIVING"})
  void aTableThatCannotBeReadYetIsWaitedForAndTheStatusIsNamed(String status) throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      fake.answer("DescribeTable", Decoders.TABLE.replace("ACTIVE", status));

      Fault waiting = assertThrows(Fault.Transient.class, () -> source.describe("table"));

      assertEquals(
          "waiting for table table to be ACTIVE: its status is " + status, waiting.getMessage());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ARCHIVED, 'ARCHIVED (the key was deleted)'",
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS, 'INACCESSIBLE_ENCRYPTION_CREDENTIALS; DynamoDB cannot use"
        + " the KMS key that encrypts the table'"
  })
  void aTableThatCanNoLongerBeReadFailsAndTheStatusIsNamed(String status, String told)
      throws Exception {
    try (FakeService fake = new FakeService();
        DynamoSource source = Decoders.source(fake.settings(), ReadOptions.ALL)) {
      String summary = "\"ArchivalSummary\":{\"ArchivalReason\":\"the key was deleted\"},";
      fake.answer(
          "DescribeTable",
          Decoders.TABLE
              .replace("ACTIVE", status)
              .replace("\"AttributeDefinitions\"", summary + "\"AttributeDefinitions\""));

      Fault failed = assertThrows(Fault.TableFailed.class, () -> source.describe("table"));

      assertEquals("table table cannot be used: its status is " + told, failed.getMessage());
    }
  }
}

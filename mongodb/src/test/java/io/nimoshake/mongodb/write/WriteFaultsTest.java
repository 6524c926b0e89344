package io.nimoshake.mongodb.write;

import static io.nimoshake.testkit.fault.MongoFault.CUT_BEFORE;
import static io.nimoshake.testkit.fault.MongoFault.code;
import static io.nimoshake.testkit.fault.MongoFault.edit;
import static io.nimoshake.testkit.fault.MongoFault.writeConcernError;
import static io.nimoshake.testkit.fault.MongoFault.writeError;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.client.MongoDatabase;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Change;
import io.nimoshake.core.model.FieldNames;
import io.nimoshake.core.model.ItemKey;
import io.nimoshake.core.model.KeyAttribute;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.model.Slice;
import io.nimoshake.core.model.TableSchema;
import io.nimoshake.core.port.Target.Existing;
import io.nimoshake.core.port.WriteMode;
import io.nimoshake.mongodb.SharedMongo;
import io.nimoshake.testkit.fault.Injection;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.memory.DocumentBytes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bson.BsonDocument;
import org.bson.Document;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Writes through the real driver, of which some fail. */
class WriteFaultsTest {
  @RegisterExtension static final SharedMongo MONGO = new SharedMongo();

  private static final TableSchema TABLE =
      new TableSchema(
          "people", new KeyAttribute("id", KeyAttribute.Type.S), Optional.empty(), List.of(), 0, 0);

  private final MongoDatabase database = MONGO.freshDatabase();
  private final MongoFaultProxy proxy = MONGO.faultProxy();

  @AfterEach
  void close() {
    proxy.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Duplicate key violation on the requested collection: Index 'u_1'",
        "E11000 duplicate key error collection: db.people index: u_1 collation: { locale: \"en\" }"
            + " dup key: { u: 1 }",
        "E11000 duplicate key error collection: db.people. Failed _id or unique index constraint."
      })
  void aDuplicateOnAnotherIndexIsRejectedWithoutLooping(String message) throws Fault {
    try (MongoTarget target = prepared()) {
      proxy.fail("update").with(writeError(0, 11000, message));
      List<Rejected> rejected = target.write(TABLE, people("a"), WriteMode.STREAM);
      assertEquals(
          List.of("{\"id\": {\"S\": \"a\"}}"), rejected.stream().map(Rejected::key).toList());
      assertTrue(proxy.calls("update") <= 2, proxy.calls("update") + " updates");
    }
  }

  @ParameterizedTest
  @CsvSource({"_id, false", "u, true"})
  void aDuplicateIsToldByItsKeyPattern(String field, boolean rejected) throws Fault {
    String duplicate =
        "{writeErrors: [{index: 0, code: 11000, errmsg: 'E11000', keyPattern: {%s: 1}}]}"
            .formatted(field);
    try (MongoTarget target = prepared()) {
      proxy
          .fail("update")
          .with(edit("duplicate", reply -> reply.putAll(BsonDocument.parse(duplicate))));
      if (rejected) {
        assertEquals(1, target.write(TABLE, people("a"), WriteMode.STREAM).size());
      } else {
        Fault fault =
            assertThrows(
                Fault.Unknown.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
        assertTrue(fault.getMessage().contains("again and again"), fault.getMessage());
      }
      assertTrue(proxy.calls("update") < 10, proxy.calls("update") + " updates");
    }
  }

  @Test
  void aLostRaceIsWrittenAgain() throws Fault {
    try (MongoTarget target = prepared()) {
      Injection race =
          proxy
              .fail("update")
              .times(2)
              .with(writeError(1, 11000, "E11000 ... index: _id_ dup key: { _id: \"b\" }"));
      assertEquals(List.of(), target.write(TABLE, people("a", "b", "c"), WriteMode.STREAM));
      assertEquals(2, race.count());
      assertEquals(3, database.getCollection("people").countDocuments());
    }
  }

  @Test
  void aCopiedItemThatExistsIsSentOnce() throws Fault {
    try (MongoTarget target = prepared()) {
      target.write(TABLE, people("a"), WriteMode.STREAM);
      assertEquals(List.of(), target.write(TABLE, people("a", "b"), WriteMode.COPY_IF_ABSENT));
      assertEquals(1, proxy.calls("insert"));
      assertEquals(2, database.getCollection("people").countDocuments());
    }
  }

  /** The stream has written the item already, and the server names the first index it looks at. */
  @Test
  void aCopiedItemThatExistsIsDoneWhateverIndexTheServerNames() throws Fault {
    try (MongoTarget target = prepared()) {
      target.write(TABLE, people("a"), WriteMode.STREAM);
      proxy.fail("insert").with(writeError(0, 11000, "E11000 ... index: u_1 dup key: { u: 1 }"));
      assertEquals(List.of(), target.write(TABLE, people("a"), WriteMode.COPY_IF_ABSENT));
      assertEquals(1, target.write(TABLE, people("b"), WriteMode.COPY_IF_ABSENT).size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "10107, NotWritablePrimary, transient",
    "189, PrimarySteppedDown, transient",
    "91, ShutdownInProgress, transient",
    "365, TemporarilyUnavailable, transient",
    "11601, Interrupted, transient",
    "462, IngressRequestRateLimitExceeded, throttled",
    "1, InternalError, unknown",
    "424242, NeverHeardOf, unknown"
  })
  void aCommandThatFailsIsRetried(int code, String name, String kind) throws Fault {
    try (MongoTarget target = prepared()) {
      proxy.fail("update").with(code(code, name));
      Fault fault =
          assertThrows(Fault.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
      assertEquals(kind, fault.kind());
      proxy.heal();
      proxy.fail("update").with(writeError(0, code, "injected " + name));
      fault = assertThrows(Fault.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
      assertEquals(kind, fault.kind());
      proxy.heal();
      proxy.fail("update").with(writeConcernError(code, name));
      fault = assertThrows(Fault.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
      assertEquals(kind, fault.kind());
      assertTrue(fault.isRetryable());
    }
  }

  @Test
  void anUnknownCodeWithALabelIsWhatTheLabelSays() throws Fault {
    try (MongoTarget target = prepared()) {
      proxy.fail("update").with(code(424242, "NeverHeardOf").labels("RetryableWriteError"));
      assertThrows(Fault.Transient.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
      proxy.heal();
      proxy.fail("update").with(code(424242, "NeverHeardOf").labels("SystemOverloadedError"));
      assertThrows(Fault.Throttled.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCutHandshakeIsTransient(Handshake cut) throws Fault {
    proxy.requireUser("user", "secret");
    try (MongoTarget target = prepared()) {
      cut.by(proxy);
      proxy.cutAll();
      Fault fault =
          assertThrows(
              Fault.Transient.class, () -> target.write(TABLE, people("a"), WriteMode.STREAM));
      assertFalse(fault.getMessage().contains("secret"), fault.getMessage());
      assertThrows(Fault.Transient.class, () -> target.check(Duration.ofSeconds(3)));
      assertThrows(Fault.Transient.class, () -> target.prepare(TABLE, Existing.KEEP));
      proxy.heal();
      assertEquals(List.of(), target.write(TABLE, people("a"), WriteMode.STREAM));
    }
  }

  enum Handshake {
    CUT_AT_START,
    CUT_IN_THE_MIDDLE,
    SHUTDOWN;

    void by(MongoFaultProxy proxy) {
      switch (this) {
        case CUT_AT_START -> proxy.fail("saslStart").with(CUT_BEFORE);
        case CUT_IN_THE_MIDDLE -> proxy.fail("saslContinue").with(CUT_BEFORE);
        case SHUTDOWN -> proxy.fail("saslContinue").with(code(91, "ShutdownInProgress"));
      }
    }
  }

  @Test
  void wrongCredentialsAreFatal() throws Fault {
    proxy.requireUser("user", "right");
    try (MongoTarget target = target(proxy.uri().replace("right", "wrong"))) {
      Fault fault = assertThrows(Fault.Fatal.class, () -> target.prepare(TABLE, Existing.DROP));
      assertTrue(fault.getMessage().contains("authentication failed"), fault.getMessage());
      assertFalse(fault.getMessage().contains("wrong"), fault.getMessage());
    }
  }

  private MongoTarget prepared() throws Fault {
    MongoTarget target = target(proxy.uri());
    target.prepare(TABLE, Existing.DROP);
    return target;
  }

  private MongoTarget target(String uri) throws Fault {
    return new MongoTarget(
        new MongoTargetSettings(
            uri + "/?serverSelectionTimeoutMS=3000",
            database.getName(),
            IdLayout.KEY,
            false,
            new FieldNames(true, "pre"),
            false,
            true),
        Clock.systemUTC());
  }

  private static List<Change> people(String... ids) {
    return List.of(ids).stream().<Change>map(WriteFaultsTest::person).toList();
  }

  private static Change.Upsert person(String id) {
    Slice document = DocumentBytes.of(new Document("id", id));
    return new Change.Upsert(new ItemKey(document), document);
  }
}

package io.nimoshake.mongodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import io.nimoshake.core.fault.Fault;
import java.util.List;
import java.util.Set;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MongoFaultsTest {
  private static final ServerAddress SERVER = new ServerAddress("host", 1);

  @ParameterizedTest
  @CsvSource({
    "13, fatal",
    "18, fatal",
    "8000, fatal",
    "16500, throttled",
    "462, throttled",
    "10107, transient",
    "91, transient",
    "189, transient",
    "64, transient",
    "11602, transient",
    "13388, transient",
    "14031, transient",
    "85, tablefailed",
    "424242, tablefailed"
  })
  void codesOfTheServer(int code, String kind) {
    Fault fault = MongoFaults.of(command(code, "the reason"), "write to db.c");
    assertEquals(kind, fault.kind());
    assertTrue(fault.getMessage().startsWith("write to db.c: "), fault.getMessage());
    assertTrue(fault.getMessage().contains("the reason"), fault.getMessage());
    assertFalse(fault.getMessage().contains("\n"));
  }

  @Test
  void troubleOnTheWayIsTransient() {
    for (MongoException e :
        List.of(
            new MongoSocketReadException("reset", SERVER),
            new MongoTimeoutException("no server"),
            new MongoNotPrimaryException(new BsonDocument(), SERVER),
            labelled("RetryableWriteError"))) {
      assertEquals("transient", MongoFaults.of(e, "write").kind(), e.toString());
    }
  }

  @Test
  void anInterruptIsKept() {
    Fault fault = MongoFaults.of(new MongoInterruptedException("stop", null), "write");
    assertEquals("transient", fault.kind());
    assertTrue(Thread.interrupted());
  }

  @Test
  void wrongCredentialsAreFatalAndNotShown() {
    MongoCredential credential =
        MongoCredential.createCredential("user", "admin", "secret".toCharArray());
    Fault fault =
        MongoFaults.of(new MongoSecurityException(credential, "no " + credential), "write");
    assertEquals("fatal", fault.kind());
    assertFalse(fault.getMessage().contains("secret"));
  }

  @Test
  void aWriteConcernThatWasNotReachedIsTransientEvenAmongOtherErrors() {
    MongoBulkWriteException e =
        bulk(
            List.of(new BulkWriteError(121, "validation", new BsonDocument(), 0)),
            new WriteConcernError(64, "WriteConcernFailed", "waiting", new BsonDocument()));
    assertEquals("transient", MongoFaults.of(e, "write").kind());
  }

  @Test
  void aBulkWriteIsWhatItsFirstErrorIs() {
    MongoBulkWriteException e =
        bulk(List.of(new BulkWriteError(10107, "not primary", new BsonDocument(), 0)), null);
    assertEquals("transient", MongoFaults.of(e, "write").kind());
    assertFalse(MongoFaults.isDuplicateKey(e));
    assertTrue(
        MongoFaults.isDuplicateKey(
            bulk(List.of(new BulkWriteError(11000, "dup", new BsonDocument(), 0)), null)));
  }

  @Test
  void addressesLoseTheirCredentials() {
    assertEquals(
        "at mongodb://***@host/db and mongodb+srv://***@other",
        MongoFaults.redact("at mongodb://u:p@host/db and\nmongodb+srv://u:p/w@x@other"));
    assertEquals("mongodb://host/db mail@x", MongoFaults.redact("mongodb://host/db mail@x"));
    assertEquals("", MongoFaults.redact(null));
  }

  @ParameterizedTest
  @CsvSource({"2", "52", "55", "56", "57", "121", "10334", "17280"})
  void someCodesAreAboutOneDocument(int code) {
    assertTrue(MongoFaults.refusesDocument(code));
  }

  private static MongoException labelled(String label) {
    MongoException e = command(424242, "labelled");
    e.addLabel(label);
    return e;
  }

  private static MongoCommandException command(int code, String message) {
    return new MongoCommandException(
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("errmsg", new BsonString(message)),
        SERVER);
  }

  private static MongoBulkWriteException bulk(
      List<BulkWriteError> errors, WriteConcernError concern) {
    return new MongoBulkWriteException(
        BulkWriteResult.unacknowledged(), errors, concern, SERVER, Set.of());
  }
}

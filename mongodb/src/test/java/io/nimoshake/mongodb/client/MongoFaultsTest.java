package io.nimoshake.mongodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.ServerAddress;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.bulk.WriteConcernError;
import com.mongodb.spi.dns.DnsException;
import io.nimoshake.core.fault.Fault;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Set;
import javax.security.sasl.SaslException;
import org.bson.BsonDocument;
import org.bson.BsonInt32;
import org.bson.BsonString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MongoFaultsTest {
  private static final ServerAddress SERVER = new ServerAddress("host", 1);

  @ParameterizedTest
  @CsvSource({
    "13, fatal",
    "18, fatal",
    "8000, fatal",
    "85, tablefailed",
    "11000, tablefailed",
    "121, tablefailed",
    "1, unknown",
    "8, unknown",
    "26, unknown",
    "424242, unknown",
    "-1, unknown"
  })
  void codesOfTheServer(int code, String kind) {
    Fault fault = MongoFaults.of(command(code, "the reason"), "write to db.c");
    assertEquals(kind, fault.kind());
    assertEquals("write to db.c: the reason (SomeName code " + code + ")", fault.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        6, 7, 24, 43, 46, 50, 63, 64, 89, 90, 91, 96, 100, 112, 117, 133, 134, 150, 175, 189, 202,
        237, 239, 246, 249, 250, 262, 264, 272, 276, 279, 285, 290, 314, 317, 355, 365, 371, 384,
        402, 406, 407, 412, 453, 9001, 10058, 10107, 11600, 11601, 11602, 12586, 12587, 13388,
        13435, 13436, 14031, 46841, 50915, 91331, 10045600
      })
  void thesePassWithoutAnyLabel(int code) {
    assertEquals("transient", MongoFaults.of(command(code, "why"), "write").kind());
  }

  /** The code of MongoDB for a change of the network is Amazon DocumentDB's for this. */
  @Test
  void aFeatureThatTheServerDoesNotHaveIsFinal() {
    assertEquals("transient", MongoFaults.of(command(303, "horizon changed"), "write").kind());
    for (String message :
        List.of("Feature not supported", "Field 'x' is currently not supported")) {
      assertEquals("tablefailed", MongoFaults.of(command(303, message), "write").kind());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {433, 449, 450, 462, 16500})
  void theseAskForFewerCalls(int code) {
    assertEquals("throttled", MongoFaults.of(command(code, "why"), "write").kind());
  }

  @ParameterizedTest
  @CsvSource({
    "RetryableWriteError, transient",
    "RetryableError, transient",
    "TransientTransactionError, transient",
    "SystemOverloadedError, throttled"
  })
  void aLabelCountsMoreThanTheCode(String label, String kind) {
    for (int code : List.of(424242, 85, 91)) {
      MongoException command = command(code, "why");
      command.addLabel(label);
      assertEquals(kind, MongoFaults.of(command, "write").kind());

      BulkWriteError error = new BulkWriteError(code, "why", new BsonDocument(), 0);
      MongoBulkWriteException bulk =
          new MongoBulkWriteException(
              BulkWriteResult.unacknowledged(), List.of(error), null, SERVER, Set.of(label));
      assertEquals(kind, MongoFaults.of(bulk, "write").kind());
      assertEquals(kind, MongoFaults.of(error, bulk, "write").kind());
    }
  }

  @Test
  void anOverloadedServerThatSaysRetryIsThrottled() {
    MongoException e = command(462, "why");
    e.addLabel("RetryableError");
    e.addLabel("SystemOverloadedError");
    assertEquals("throttled", MongoFaults.of(e, "write").kind());
  }

  @Test
  void anIndexBuildIsNamedAsTheReason() {
    Fault fault = MongoFaults.of(command(12587, "cannot perform operation"), "drop");
    assertTrue(
        fault.getMessage().endsWith("; waiting until MongoDB has built an index"),
        fault.getMessage());
  }

  @Test
  void connectionFailuresAreTransient() {
    for (MongoException e :
        List.of(
            new MongoSocketReadException("reset", SERVER),
            new MongoTimeoutException("no server"),
            new MongoNotPrimaryException(new BsonDocument(), SERVER),
            new MongoConfigurationException(
                "Unable to look up TXT record", new DnsException("timed out", null)))) {
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
  void anAuthenticationThatFailsForAnotherReasonIsThatReason() {
    for (Throwable reason :
        List.of(
            new MongoSocketReadException("reset", SERVER),
            command(91, "shutting down"),
            command(11600, "interrupted at shutdown"),
            new IllegalStateException(new SocketTimeoutException("Kerberos")))) {
      assertEquals("transient", MongoFaults.of(security(reason), "write").kind(), reason::toString);
    }
    assertEquals("unknown", MongoFaults.of(security(command(424242, "why")), "write").kind());
    assertEquals("throttled", MongoFaults.of(security(command(462, "why")), "write").kind());
    for (Throwable reason :
        List.of(
            command(18, "Authentication failed."),
            command(59, "no such command: 'saslStart'"),
            new SaslException("the server's signature is wrong"))) {
      Fault fault = MongoFaults.of(security(reason), "write");
      assertEquals("fatal", fault.kind());
      assertTrue(fault.getMessage().startsWith("write: authentication failed: "));
      assertFalse(fault.getMessage().contains("secret"));
    }
  }

  @Test
  void anotherClientErrorIsItsCause() {
    MongoException standalone =
        new MongoClientException("no retryable writes", command(20, "Transaction numbers"));
    assertEquals("tablefailed", MongoFaults.of(standalone, "write").kind());
  }

  @Test
  void aMissingReplicationIsNeverFinal() {
    for (int code : List.of(79, 85)) {
      WriteConcernError error = new WriteConcernError(code, "Name", "why", new BsonDocument());
      assertEquals("unknown", MongoFaults.of(bulk(List.of(), error), "write").kind());
      assertEquals(
          "unknown", MongoFaults.of(new MongoWriteConcernException(error, SERVER), "write").kind());
    }
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
  void aBulkWriteIsWhatItsFirstErrorIsThatIsNotAboutADocument() {
    MongoBulkWriteException e =
        bulk(
            List.of(
                new BulkWriteError(121, "validation", new BsonDocument(), 0),
                new BulkWriteError(10107, "not primary", new BsonDocument(), 1)),
            null);
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
  @ValueSource(
      ints = {
        2, 9, 15, 22, 52, 53, 55, 56, 57, 121, 171, 201, 378, 10334, 16755, 16766, 17280, 17419
      })
  void someCodesAreAboutOneDocument(int code) {
    assertTrue(MongoFaults.refusesDocument(code));
  }

  private static MongoSecurityException security(Throwable cause) {
    MongoCredential credential =
        MongoCredential.createCredential("user", "admin", "secret".toCharArray());
    return new MongoSecurityException(credential, "Exception authenticating", cause);
  }

  private static MongoCommandException command(int code, String message) {
    return new MongoCommandException(
        new BsonDocument("ok", new BsonInt32(0))
            .append("code", new BsonInt32(code))
            .append("codeName", new BsonString("SomeName"))
            .append("errmsg", new BsonString(message)),
        SERVER);
  }

  private static MongoBulkWriteException bulk(
      List<BulkWriteError> errors, WriteConcernError concern) {
    return new MongoBulkWriteException(
        BulkWriteResult.unacknowledged(), errors, concern, SERVER, Set.of());
  }
}

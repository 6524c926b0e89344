package io.nimoshake.mongodb.client;

import com.mongodb.MongoBulkWriteException;
import com.mongodb.MongoClientException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoConfigurationException;
import com.mongodb.MongoConnectionPoolClearedException;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoNotPrimaryException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoServerUnavailableException;
import com.mongodb.MongoSocketException;
import com.mongodb.MongoSocketReadTimeoutException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.MongoWriteConcernException;
import com.mongodb.bulk.BulkWriteError;
import com.mongodb.spi.dns.DnsException;
import io.nimoshake.core.fault.FailedCalls;
import io.nimoshake.core.fault.Fault;
import io.nimoshake.mongodb.client.ErrorCodes.Meaning;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.security.sasl.SaslException;

/**
 * Says what an exception of the driver means. The labels of an error count most, then its {@link
 * ErrorCodes code}. An error that is not known is a {@link Fault.Unknown}. Messages are one line
 * and hold no credentials.
 *
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/retryable-writes/retryable-writes.md">
 *     MongoDB specifications, Retryable Writes: RetryableWriteError</a>
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/client-backpressure/client-backpressure.md">
 *     MongoDB specifications, Client Backpressure: RetryableError, SystemOverloadedError</a>
 */
public final class MongoFaults {
  private static final String OVERLOADED = "SystemOverloadedError";
  private static final List<String> RETRYABLE =
      List.of("RetryableWriteError", "RetryableError", "TransientTransactionError");

  private static final Pattern CREDENTIALS = Pattern.compile("(://)[^\\s'\"]*@");

  private MongoFaults() {}

  /**
   * The fault that an exception means.
   *
   * @param doing what was tried, which begins the message: "write to shop.orders"
   */
  public static Fault of(MongoException e, String doing) {
    if (e instanceof MongoInterruptedException) {
      Thread.currentThread().interrupt();
      return new Fault.Transient(doing + " was interrupted", e);
    }
    Optional<Fault> byLabel = byLabel(e, line(doing, e));
    if (byLabel.isPresent()) {
      return byLabel.get();
    }
    if (e instanceof MongoSecurityException) {
      return ofHandshake(e, doing);
    }
    if (e.getCause() instanceof DnsException || isConnectionFailure(e)) {
      return ServerOutage.of(e)
          .map(server -> new Fault.Transient(doing, server, e))
          .orElseGet(() -> new Fault.Transient(line(doing, e), e));
    }
    if (e instanceof MongoIncompatibleDriverException || e instanceof MongoConfigurationException) {
      return new Fault.Fatal(line(doing, e), e);
    }
    if (e instanceof MongoClientException && e.getCause() instanceof MongoException cause) {
      return of(cause, doing);
    }
    if (e instanceof MongoWriteConcernException) {
      return ofWriteConcern(e.getCode(), line(doing, e), e);
    }
    if (e instanceof MongoBulkWriteException bulk) {
      return ofBulk(bulk, doing);
    }
    return ofCode(e.getCode(), line(doing, e), e);
  }

  /**
   * The fault that an error of one statement means, if it is not about one document.
   *
   * @param bulk what the driver threw; the labels are there
   */
  public static Fault of(BulkWriteError error, MongoBulkWriteException bulk, String doing) {
    String line = line(doing, error.getMessage(), "code " + error.getCode());
    return byLabel(bulk, line).orElseGet(() -> ofCode(error.getCode(), line, bulk));
  }

  private static Optional<Fault> byLabel(MongoException e, String line) {
    if (e.hasErrorLabel(OVERLOADED)) {
      return Optional.of(new Fault.Throttled(line, e));
    }
    return RETRYABLE.stream().anyMatch(e::hasErrorLabel)
        ? Optional.of(new Fault.Transient(line, e))
        : Optional.empty();
  }

  /**
   * The driver wraps everything that fails during authentication. A cut connection or a server that
   * shuts down is not about the user.
   */
  private static Fault ofHandshake(MongoException e, String doing) {
    String failed = doing + ": authentication failed";
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof MongoException inner && !(cause instanceof MongoSecurityException)) {
        Fault fault = of(inner, failed);
        return fault.isRetryable() ? fault : new Fault.Fatal(fault.getMessage(), e);
      }
      if (cause instanceof IOException && !(cause instanceof SaslException)) {
        return new Fault.Transient(line(failed, cause.getMessage()), e);
      }
    }
    return new Fault.Fatal(line(failed, e), e);
  }

  private static Fault ofBulk(MongoBulkWriteException bulk, String doing) {
    if (bulk.getWriteConcernError() != null) {
      return ofWriteConcern(
          bulk.getWriteConcernError().getCode(),
          line(doing, bulk.getWriteConcernError().getMessage()),
          bulk);
    }
    return bulk.getWriteErrors().stream()
        .filter(error -> !isAboutDocument(error.getCode()))
        .findFirst()
        .or(() -> bulk.getWriteErrors().stream().findFirst())
        .map(error -> of(error, bulk, doing))
        .orElseGet(() -> ofCode(bulk.getCode(), line(doing, bulk), bulk));
  }

  /** The writes have happened, so the error cannot be final; only their replication is not sure. */
  private static Fault ofWriteConcern(int code, String line, Throwable cause) {
    Fault fault = ofCode(code, line, cause);
    return fault.isRetryable() ? fault : new Fault.Unknown(line, cause);
  }

  private static Fault ofCode(int code, String line, Throwable cause) {
    return switch (ErrorCodes.meaning(code, line)) {
      case OVERLOADED -> new Fault.Throttled(line, cause);
      case PASSES ->
          new Fault.Transient(
              ErrorCodes.isIndexBuild(code)
                  ? line + "; waiting until MongoDB has built an index"
                  : line,
              cause);
      case NOT_ALLOWED -> new Fault.Fatal(line, cause);
      case REFUSES_DOCUMENT, DUPLICATE_KEY, FINAL -> new Fault.TableFailed(line, cause);
      case UNKNOWN -> new Fault.Unknown(line, cause);
    };
  }

  /** How one attempt failed, for counting. */
  static FailedCalls.Kind failureKind(Throwable e) {
    if (e instanceof MongoTimeoutException || e instanceof MongoSocketReadTimeoutException) {
      return FailedCalls.Kind.TIMEOUT;
    }
    if (e instanceof MongoSocketException) {
      return FailedCalls.Kind.CONNECTION;
    }
    if (!(e instanceof MongoException error)) {
      return FailedCalls.Kind.REFUSED;
    }
    Fault fault = of(error, "");
    if (fault instanceof Fault.Throttled) {
      return FailedCalls.Kind.THROTTLED;
    }
    return fault.isRetryable() ? FailedCalls.Kind.SERVER_ERROR : FailedCalls.Kind.REFUSED;
  }

  /** Whether the code says that the server will never take this document. */
  public static boolean refusesDocument(int code) {
    return ErrorCodes.meaning(code) == Meaning.REFUSES_DOCUMENT;
  }

  /** Whether one of the errors is a duplicate key of a unique index. */
  public static boolean isDuplicateKey(MongoException e) {
    return isDuplicateKey(e.getCode())
        || e instanceof MongoBulkWriteException bulk
            && bulk.getWriteErrors().stream().anyMatch(error -> isDuplicateKey(error.getCode()));
  }

  /** Whether the code says that a unique index has the key already. */
  public static boolean isDuplicateKey(int code) {
    return ErrorCodes.meaning(code) == Meaning.DUPLICATE_KEY;
  }

  private static boolean isAboutDocument(int code) {
    return refusesDocument(code) || isDuplicateKey(code);
  }

  /** The text in one line, with stars in the place of what may be credentials in an address. */
  public static String redact(String text) {
    return text == null ? "" : CREDENTIALS.matcher(text).replaceAll("$1***@").replace('\n', ' ');
  }

  /** Without the whole reply of the server, which the driver's own message quotes. */
  private static String line(String doing, MongoException e) {
    return e instanceof MongoCommandException command
        ? line(
            doing,
            command.getErrorMessage(),
            (command.getErrorCodeName() + " code " + command.getErrorCode()).strip())
        : line(doing, e.getMessage());
  }

  private static String line(String doing, String message, String code) {
    return line(doing, message) + " (" + code + ")";
  }

  private static String line(String doing, String message) {
    return doing + ": " + redact(message);
  }

  private static boolean isConnectionFailure(MongoException e) {
    return e instanceof MongoSocketException
        || e instanceof MongoTimeoutException
        || e instanceof MongoNotPrimaryException
        || e instanceof MongoNodeIsRecoveringException
        || e instanceof MongoConnectionPoolClearedException
        || e instanceof MongoServerUnavailableException;
  }
}

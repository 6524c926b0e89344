package io.nimoshake.dynamodb.convert;

import io.nimoshake.core.model.ChangeBatch;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Optional;

/**
 * Decodes one record of a stream. The new image is converted at once if the record's creation time
 * was read before it, as in the service's responses; otherwise at the end of the record. If there
 * is a filter, always at the end, because an image that does not pass needs the record's keys.
 */
final class RecordDecoder {
  private static final String TTL_PRINCIPAL = "dynamodb.amazonaws.com";
  private static final String TTL_TYPE = "Service";

  /** The last second of the year 9999; no record can be newer. */
  private static final BigDecimal MAX_SECONDS = new BigDecimal("253402300799");

  /** Whole seconds of at most this many digits cannot exceed {@link #MAX_SECONDS}. */
  private static final int WHOLE_SECONDS_DIGITS = 11;

  private final JsonCursor in;
  private final PageContents contents;

  private String event;
  private String sequenceNumber;
  private Instant created;
  private String principal;
  private String identityType;
  private int keysAt;
  private int imageAt;
  private boolean converted;
  private Optional<JsonFilter> filter = Optional.empty();

  /** The last time in whole seconds. Many records share it. */
  private Instant lastTime = Instant.EPOCH;

  RecordDecoder(JsonCursor in, PageContents contents) {
    this.in = in;
    this.contents = contents;
  }

  /** The sequence number of the last record. */
  String sequenceNumber() {
    return sequenceNumber;
  }

  void read(ChangeBatch.Builder into, RecordListener listener) throws MalformedPageException {
    event = null;
    sequenceNumber = null;
    created = null;
    principal = null;
    identityType = null;
    keysAt = -1;
    imageAt = -1;
    converted = false;
    filter = listener.filter();
    in.peek();
    int from = in.pos;
    envelope(into);
    if (sequenceNumber == null || created == null) {
      throw in.malformed("record without sequence number or creation time");
    }
    int to = in.pos;
    decide(from, to, into, listener);
    in.pos = to;
  }

  private void envelope(ChangeBatch.Builder into) throws MalformedPageException {
    if (in.enter('{', '}')) {
      do {
        switch (Envelope.name(in)) {
          case Envelope.EVENT_NAME -> event = once(event, Envelope.string(in));
          case Envelope.DYNAMODB -> change(into);
          case Envelope.USER_IDENTITY -> identity();
          default -> Envelope.skip(in);
        }
      } while (in.more('}'));
    }
  }

  private void change(ChangeBatch.Builder into) throws MalformedPageException {
    if (in.enter('{', '}')) {
      do {
        switch (Envelope.name(in)) {
          case Envelope.CREATED -> created = once(created, time());
          case Envelope.SEQUENCE_NUMBER ->
              sequenceNumber = once(sequenceNumber, Envelope.string(in));
          case Envelope.KEYS -> keysAt = map(keysAt);
          case Envelope.NEW_IMAGE -> newImage(into);
          default -> Envelope.skip(in);
        }
      } while (in.more('}'));
    }
  }

  private void newImage(ChangeBatch.Builder into) throws MalformedPageException {
    boolean now = filter.isEmpty() && created != null && into.wants(created);
    if (now && imageAt < 0 && in.peek() == '{') {
      imageAt = in.pos;
      contents.upsert(in, created);
      converted = true;
    } else {
      imageAt = map(imageAt);
    }
  }

  /** Skips a map and returns its position. A null counts as absent. */
  private int map(int before) throws MalformedPageException {
    int at = in.pos;
    if (in.peek() == 'n') {
      Envelope.skip(in);
      return before;
    }
    if (before >= 0 || in.peek() != '{') {
      throw in.malformed("invalid record");
    }
    Envelope.skip(in);
    return at;
  }

  private void identity() throws MalformedPageException {
    if (in.peek() != '{') {
      Envelope.skip(in);
      return;
    }
    if (in.enter('{', '}')) {
      do {
        int name = Envelope.name(in);
        if (name == Envelope.PRINCIPAL_ID && in.peek() == '"') {
          principal = once(principal, Envelope.string(in));
        } else if (name == Envelope.TYPE && in.peek() == '"') {
          identityType = once(identityType, Envelope.string(in));
        } else {
          Envelope.skip(in);
        }
      } while (in.more('}'));
    }
  }

  private void decide(int from, int to, ChangeBatch.Builder into, RecordListener listener)
      throws MalformedPageException {
    boolean remove = "REMOVE".equals(event);
    boolean known = remove || "INSERT".equals(event) || "MODIFY".equals(event);
    boolean contradicts = remove && imageAt >= 0;
    if (converted && (contradicts || !known)) {
      contents.undo();
    }
    if (!into.wants(created)) {
      contents.skip(created);
    } else if (!known) {
      contents.reject(in, from, to, "the record's eventName is unknown");
    } else if (contradicts) {
      contents.reject(in, from, to, "the record is a REMOVE but has a new image");
    } else if (remove) {
      if (isTtlDelete() && !listener.propagateTtlDeletes()) {
        contents.skip(created);
      } else if (inKeys(from, to)) {
        contents.delete(in, created);
      }
    } else if (imageAt < 0) {
      if (inKeys(from, to)) {
        contents.imageMissing(in, created);
      }
    } else if (!converted) {
      if (passesFilter()) {
        in.pos = imageAt;
        contents.upsert(in, created);
      } else if (inKeys(from, to)) {
        contents.delete(in, created);
      }
    }
  }

  private boolean passesFilter() throws MalformedPageException {
    if (filter.isEmpty()) {
      return true;
    }
    in.pos = imageAt;
    return filter.get().mayPass(in);
  }

  private boolean isTtlDelete() {
    return TTL_PRINCIPAL.equals(principal) && TTL_TYPE.equals(identityType);
  }

  /** Moves the cursor to the record's keys; rejects the record if it has none. */
  private boolean inKeys(int from, int to) {
    if (keysAt < 0) {
      contents.reject(in, from, to, "the record has no Keys");
      return false;
    }
    in.pos = keysAt;
    return true;
  }

  /** Reads seconds since 1970: whole, with a fraction or in exponent form. */
  private Instant time() throws MalformedPageException {
    in.number();
    if (in.tokenTo - in.tokenFrom <= WHOLE_SECONDS_DIGITS) {
      long whole = wholeSeconds();
      if (whole >= 0) {
        return whole == lastTime.getEpochSecond() ? lastTime : remember(whole);
      }
    }
    if (in.tokenTo - in.tokenFrom > 40) {
      throw in.malformed("invalid creation time");
    }
    BigDecimal seconds = new BigDecimal(in.text(in.tokenFrom, in.tokenTo));
    if (seconds.signum() < 0
        || seconds.precision() - seconds.scale() > 12
        || seconds.compareTo(MAX_SECONDS) > 0) {
      throw in.malformed("invalid creation time");
    }
    return Instant.ofEpochMilli(seconds.movePointRight(3).longValue());
  }

  /** The last number if it has only digits; else -1. */
  private long wholeSeconds() {
    long value = 0;
    for (int i = in.tokenFrom; i < in.tokenTo; i++) {
      int digit = in.buf[i] - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value;
  }

  private Instant remember(long wholeSeconds) {
    lastTime = Instant.ofEpochSecond(wholeSeconds);
    return lastTime;
  }

  private <T> T once(T before, T now) throws MalformedPageException {
    if (before != null) {
      throw in.malformed("duplicate member");
    }
    return now;
  }
}

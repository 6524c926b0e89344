package io.nimoshake.testkit.canned;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * One message of MongoDB's wire protocol, in a buffer that the next one overwrites.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/">MongoDB Wire
 *     Protocol</a>
 */
final class WireMessage {
  private static final int HEADER_BYTES = 16;
  private static final int OP_REPLY = 1;
  private static final int OP_QUERY = 2004;
  private static final int OP_MSG = 2013;
  private static final int MORE_TO_COME = 2;

  /** What servers say is the longest message they take. */
  static final int MAX_BYTES = 48_000_000;

  private byte[] bytes = new byte[64 * 1024];
  private ByteBuffer buffer = wrap(bytes);
  private int length;
  private int requestId;
  private int opCode;

  /** Where the body begins, and where the documents beside it do and end; 0 if there are none. */
  private int bodyAt;

  private int sequenceAt;
  private int sequenceEnd;

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads the next one; false if the client has left. */
  boolean read(DataInputStream in) throws IOException {
    int first = in.read(bytes, 0, HEADER_BYTES);
    if (first < 0) {
      return false;
    }
    in.readFully(bytes, first, HEADER_BYTES - first);
    length = buffer.getInt(0);
    if (length < HEADER_BYTES || length > MAX_BYTES) {
      throw new EOFException("a message of " + length + " bytes");
    }
    if (length > bytes.length) {
      byte[] larger = new byte[Integer.highestOneBit(length) * 2];
      System.arraycopy(bytes, 0, larger, 0, HEADER_BYTES);
      bytes = larger;
      buffer = wrap(larger);
    }
    in.readFully(bytes, HEADER_BYTES, length - HEADER_BYTES);
    requestId = buffer.getInt(4);
    opCode = buffer.getInt(12);
    sequenceAt = 0;
    sequenceEnd = 0;
    switch (opCode) {
      case OP_MSG -> sections();
      // flags, collection, two numbers, then the command
      case OP_QUERY -> bodyAt = afterText(HEADER_BYTES + 4) + 8;
      default -> throw new EOFException("a message of kind " + opCode);
    }
    return true;
  }

  private void sections() throws EOFException {
    int at = HEADER_BYTES + 4;
    boolean checksum = (buffer.getInt(HEADER_BYTES) & 1) != 0;
    int end = checksum ? length - 4 : length;
    while (at < end) {
      int kind = bytes[at];
      int size = buffer.getInt(at + 1);
      if (kind == 0) {
        bodyAt = at + 1;
      } else if (kind == 1) {
        sequenceAt = afterText(at + 5);
        sequenceEnd = at + 1 + size;
      } else {
        throw new EOFException("a section of kind " + kind);
      }
      at += 1 + size;
    }
  }

  private int afterText(int from) {
    int at = from;
    while (bytes[at] != 0) {
      at++;
    }
    return at + 1;
  }

  byte[] bytes() {
    return bytes;
  }

  boolean wantsAnswer() {
    return opCode != OP_MSG || (buffer.getInt(HEADER_BYTES) & MORE_TO_COME) == 0;
  }

  /** The first field of the command, which names it. */
  String command() {
    return text(bodyAt + 5);
  }

  /** A field of the command that is a text. */
  Optional<String> text(String field) {
    return valueAt(bodyAt, field, (byte) 2).map(at -> text(at + 4));
  }

  private String text(int at) {
    return new String(bytes, at, afterText(at) - 1 - at, StandardCharsets.UTF_8);
  }

  /** Where the first of the command's documents is; they may be in the body or beside it. */
  int firstDocument(String field) {
    if (sequenceAt > 0) {
      return sequenceAt;
    }
    // Elements of an array have a type and a name before them.
    return valueAt(bodyAt, field, (byte) 4).map(at -> afterText(at + 5)).orElse(0);
  }

  /** Bytes of the document at {@code at}. */
  int length(int at) {
    return buffer.getInt(at);
  }

  /** Whether the statement at {@code at} deletes whatever matches, not one document. */
  boolean isOfMany(int at) {
    return command().equals("delete")
        && valueAt(at, "limit", (byte) 16).filter(limit -> buffer.getInt(limit) == 0).isPresent();
  }

  /** Where the document after the one at {@code at} is, or 0. */
  int nextDocument(int at) {
    int next = at + buffer.getInt(at);
    if (sequenceAt > 0) {
      return next < sequenceEnd ? next : 0;
    }
    return bytes[next] == 0 ? 0 : afterText(next + 1);
  }

  private Optional<Integer> valueAt(int document, String field, byte type) {
    int end = document + buffer.getInt(document) - 1;
    for (int at = document + 4; at < end; ) {
      byte found = bytes[at];
      int value = afterText(at + 1);
      if (found == type && text(at + 1).equals(field)) {
        return Optional.of(value);
      }
      at = value + sizeOf(found, value);
    }
    return Optional.empty();
  }

  /** Bytes of a value, of the types that come in commands. */
  private int sizeOf(byte type, int at) {
    return switch (type) {
      case 1, 9, 17, 18 -> 8;
      case 2 -> 4 + buffer.getInt(at);
      case 3, 4 -> buffer.getInt(at);
      case 5 -> 5 + buffer.getInt(at);
      case 7 -> 12;
      case 8 -> 1;
      case 10 -> 0;
      case 16 -> 4;
      case 19 -> 16;
      default -> throw new IllegalStateException("a command with a value of type " + type);
    };
  }

  /** The bytes of an answer to this message. */
  byte[] answer(byte[] document) {
    boolean old = opCode == OP_QUERY;
    int size = HEADER_BYTES + (old ? 20 : 5) + document.length;
    ByteBuffer answer = BsonReply.buffer(size).putInt(size).putInt(0).putInt(requestId);
    if (old) {
      answer.putInt(OP_REPLY).putInt(0).putLong(0).putInt(0).putInt(1);
    } else {
      answer.putInt(OP_MSG).putInt(0).put((byte) 0);
    }
    return answer.put(document).array();
  }
}

package io.nimoshake.testkit.wire;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;

/**
 * One message of MongoDB's wire protocol, in a buffer that the next one overwrites.
 *
 * @see <a href="https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/">MongoDB Wire
 *     Protocol</a>
 */
public final class WireMessage {
  private static final int HEADER_BYTES = 16;
  private static final int OP_REPLY = 1;
  private static final int OP_QUERY = 2004;
  private static final int OP_MSG = 2013;
  private static final int CHECKSUM_PRESENT = 1;
  private static final int MORE_TO_COME = 2;
  private static final BsonDocumentCodec CODEC = new BsonDocumentCodec();

  /** What servers say is the longest message they take. */
  public static final int MAX_BYTES = 48_000_000;

  /** Documents that stand beside the body, under the name of the field that they belong to. */
  private record Sequence(String field, int begin, int end) {}

  private byte[] bytes = new byte[64 * 1024];
  private ByteBuffer buffer = wrap(bytes);
  private int length;
  private int requestId;
  private int opCode;
  private int bodyAt;
  private final List<Sequence> sequences = new ArrayList<>();

  private static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads the next one; false if the other side has left.
   *
   * @throws IllegalStateException if it is of a kind that this class does not know
   */
  public boolean read(DataInputStream in) throws IOException {
    int first = in.read(bytes, 0, HEADER_BYTES);
    if (first < 0) {
      return false;
    }
    in.readFully(bytes, first, HEADER_BYTES - first);
    length = buffer.getInt(0);
    if (length < HEADER_BYTES || length > MAX_BYTES) {
      throw new IllegalStateException("a message of " + length + " bytes");
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
    sequences.clear();
    switch (opCode) {
      case OP_MSG -> sections();
      // flags, cursor, two numbers, then the document
      case OP_REPLY -> bodyAt = HEADER_BYTES + 20;
      // flags, collection, two numbers, then the command
      case OP_QUERY -> bodyAt = afterText(HEADER_BYTES + 4) + 8;
      default -> throw new IllegalStateException("a message of kind " + opCode);
    }
    return true;
  }

  private void sections() {
    int at = HEADER_BYTES + 4;
    int end = hasFlag(CHECKSUM_PRESENT) ? length - 4 : length;
    while (at < end) {
      int kind = bytes[at];
      int size = buffer.getInt(at + 1);
      if (kind == 0) {
        bodyAt = at + 1;
      } else if (kind == 1) {
        sequences.add(new Sequence(text(at + 5), afterText(at + 5), at + 1 + size));
      } else {
        throw new IllegalStateException("a section of kind " + kind);
      }
      at += 1 + size;
    }
  }

  private boolean hasFlag(int flag) {
    return opCode == OP_MSG && (buffer.getInt(HEADER_BYTES) & flag) != 0;
  }

  private int afterText(int from) {
    int at = from;
    while (bytes[at] != 0) {
      at++;
    }
    return at + 1;
  }

  public byte[] bytes() {
    return bytes;
  }

  /** Passes the message on as it came. */
  public void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }

  /** Whether the sender of this request waits for an answer. */
  public boolean wantsAnswer() {
    return !hasFlag(MORE_TO_COME);
  }

  /** Whether the sender of this answer sends another one without being asked. */
  public boolean isFollowedByMore() {
    return hasFlag(MORE_TO_COME);
  }

  /** The first field of the command, which names it. */
  public String command() {
    return text(bodyAt + 5);
  }

  /** A field of the command that is a text. */
  public Optional<String> text(String field) {
    return valueAt(bodyAt, field, (byte) 2).map(at -> text(at + 4));
  }

  private String text(int at) {
    return new String(bytes, at, afterText(at) - 1 - at, StandardCharsets.UTF_8);
  }

  /** A copy of the whole command or answer, with the documents beside the body in their fields. */
  public BsonDocument document() {
    BsonDocument document = documentAt(bodyAt);
    for (Sequence sequence : sequences) {
      BsonArray values = new BsonArray();
      for (int at = sequence.begin(); at < sequence.end(); at += length(at)) {
        values.add(documentAt(at));
      }
      document.put(sequence.field(), values);
    }
    return document;
  }

  private BsonDocument documentAt(int at) {
    return new RawBsonDocument(bytes, at, length(at)).decode(CODEC);
  }

  /** Where the first of the command's documents is; they may be in the body or beside it. */
  public int firstDocument(String field) {
    if (!sequences.isEmpty()) {
      return sequences.get(0).begin();
    }
    // Elements of an array have a type and a name before them.
    return valueAt(bodyAt, field, (byte) 4).map(at -> afterText(at + 5)).orElse(0);
  }

  /** Bytes of the document at {@code at}. */
  public int length(int at) {
    return buffer.getInt(at);
  }

  /** Whether the statement at {@code at} deletes whatever matches, not one document. */
  public boolean isOfMany(int at) {
    return command().equals("delete")
        && valueAt(at, "limit", (byte) 16).filter(limit -> buffer.getInt(limit) == 0).isPresent();
  }

  /** Where the document after the one at {@code at} is, or 0. */
  public int nextDocument(int at) {
    int next = at + buffer.getInt(at);
    if (!sequences.isEmpty()) {
      return next < sequences.get(0).end() ? next : 0;
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
  public byte[] answer(byte[] document) {
    boolean old = opCode == OP_QUERY;
    int size = HEADER_BYTES + (old ? 20 : 5) + document.length;
    ByteBuffer answer = wrap(new byte[size]).putInt(size).putInt(0).putInt(requestId);
    if (old) {
      answer.putInt(OP_REPLY).putInt(0).putLong(0).putInt(0).putInt(1);
    } else {
      answer.putInt(OP_MSG).putInt(0).put((byte) 0);
    }
    return answer.put(document).array();
  }

  /** The bytes of an answer to this message. */
  public byte[] answer(BsonDocument document) {
    return answer(encode(document));
  }

  /**
   * The bytes of this message with another command in it. What stood beside the body stands beside
   * it again, since a body alone may be no longer than a document.
   */
  public byte[] with(BsonDocument command) {
    BsonDocument body = command.clone();
    List<byte[]> beside = new ArrayList<>();
    for (Sequence sequence : sequences) {
      beside.add(section(sequence.field(), body.remove(sequence.field()).asArray()));
    }
    byte[] main = encode(body);
    if (opCode == OP_QUERY) {
      ByteBuffer query = wrap(new byte[bodyAt + main.length]).put(bytes, 0, bodyAt).put(main);
      return query.putInt(0, query.capacity()).array();
    }
    int size = HEADER_BYTES + 5 + main.length + beside.stream().mapToInt(one -> one.length).sum();
    ByteBuffer message = wrap(new byte[size]).putInt(size).putInt(requestId).putInt(0);
    message.putInt(OP_MSG).putInt(0).put((byte) 0).put(main);
    beside.forEach(message::put);
    return message.array();
  }

  private static byte[] section(String field, BsonArray values) {
    List<byte[]> documents =
        values.stream().map(BsonValue::asDocument).map(WireMessage::encode).toList();
    byte[] name = field.getBytes(StandardCharsets.UTF_8);
    int size = 4 + name.length + 1 + documents.stream().mapToInt(one -> one.length).sum();
    ByteBuffer section = wrap(new byte[1 + size]).put((byte) 1).putInt(size);
    section.put(name).put((byte) 0);
    documents.forEach(section::put);
    return section.array();
  }

  private static byte[] encode(BsonDocument document) {
    RawBsonDocument raw = new RawBsonDocument(document, CODEC);
    byte[] encoded = new byte[raw.getByteBuffer().remaining()];
    raw.getByteBuffer().get(encoded);
    return encoded;
  }
}

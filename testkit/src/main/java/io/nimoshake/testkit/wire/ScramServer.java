package io.nimoshake.testkit.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bson.BsonBinary;
import org.bson.BsonBoolean;
import org.bson.BsonDocument;
import org.bson.BsonDouble;
import org.bson.BsonInt32;
import org.bson.BsonString;

/**
 * The server's side of MongoDB's handshake with user and password, on one connection, for one user:
 * SCRAM-SHA-1 and SCRAM-SHA-256.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5802">RFC 5802</a>
 * @see <a
 *     href="https://github.com/mongodb/specifications/blob/master/source/auth/auth.md#scram-sha-1">MongoDB's
 *     specification of authentication</a>
 */
public final class ScramServer {
  /** The commands that it answers. */
  public static final Set<String> COMMANDS = Set.of("saslStart", "saslContinue");

  /** Few, so that tests are fast; clients refuse less than 4096. */
  private static final int ITERATIONS = 4096;

  private static final int AUTHENTICATION_FAILED = 18;

  private final String user;
  private final String password;
  private final byte[] salt = "salt of the test".getBytes(UTF_8);
  private String algorithm = "SHA-256";
  private String nonce = "";
  private String clientFirst = "";
  private String serverFirst = "";
  private boolean proven;
  private boolean authenticated;

  public ScramServer(String user, String password) {
    this.user = user;
    this.password = password;
  }

  public boolean isAuthenticated() {
    return authenticated;
  }

  /** The reply to a {@code saslStart} or {@code saslContinue}. */
  public BsonDocument answer(BsonDocument command) {
    String payload = new String(command.getBinary("payload").getData(), UTF_8);
    if (command.getFirstKey().equals("saslStart")) {
      return start(command.getString("mechanism").getValue(), payload);
    }
    if (proven) {
      // A client that does not skip the empty exchange at the end.
      authenticated = true;
      return reply("", true);
    }
    return proof(payload);
  }

  private BsonDocument start(String mechanism, String payload) {
    algorithm = mechanism.equals("SCRAM-SHA-1") ? "SHA-1" : "SHA-256";
    // Two fields about channel binding come first.
    clientFirst = payload.substring(payload.indexOf(',', payload.indexOf(',') + 1) + 1);
    nonce = fields(clientFirst).get("r") + UUID.randomUUID();
    serverFirst =
        "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(salt) + ",i=" + ITERATIONS;
    proven = false;
    authenticated = false;
    return reply(serverFirst, false);
  }

  private BsonDocument proof(String payload) {
    Map<String, String> fields = fields(payload);
    String withoutProof = payload.substring(0, payload.lastIndexOf(",p="));
    byte[] message = (clientFirst + "," + serverFirst + "," + withoutProof).getBytes(UTF_8);
    byte[] salted = saltedPassword();
    byte[] clientKey = hmac(salted, "Client Key".getBytes(UTF_8));
    byte[] expected = xor(clientKey, hmac(hash(clientKey), message));
    boolean right =
        fields(clientFirst).get("n").equals(user)
            && fields.get("r").equals(nonce)
            && Arrays.equals(expected, Base64.getDecoder().decode(fields.get("p")));
    if (!right) {
      return new BsonDocument("ok", new BsonDouble(0))
          .append("errmsg", new BsonString("Authentication failed."))
          .append("code", new BsonInt32(AUTHENTICATION_FAILED))
          .append("codeName", new BsonString("AuthenticationFailed"));
    }
    proven = true;
    authenticated = true;
    byte[] signature = hmac(hmac(salted, "Server Key".getBytes(UTF_8)), message);
    return reply("v=" + Base64.getEncoder().encodeToString(signature), true);
  }

  private static BsonDocument reply(String payload, boolean done) {
    return new BsonDocument("conversationId", new BsonInt32(1))
        .append("done", BsonBoolean.valueOf(done))
        .append("payload", new BsonBinary(payload.getBytes(UTF_8)))
        .append("ok", new BsonDouble(1));
  }

  private static Map<String, String> fields(String message) {
    Map<String, String> fields = new TreeMap<>();
    for (String field : message.split(",")) {
      int equals = field.indexOf('=');
      fields.put(field.substring(0, equals), field.substring(equals + 1));
    }
    return fields;
  }

  /** PBKDF2 with one block. */
  private byte[] saltedPassword() {
    byte[] secret = secret();
    byte[] block = Arrays.copyOf(salt, salt.length + 4);
    block[block.length - 1] = 1;
    byte[] round = hmac(secret, block);
    byte[] sum = round;
    for (int i = 1; i < ITERATIONS; i++) {
      round = hmac(secret, round);
      sum = xor(sum, round);
    }
    return sum;
  }

  private byte[] secret() {
    if (algorithm.equals("SHA-256")) {
      return password.getBytes(UTF_8);
    }
    byte[] plain = (user + ":mongo:" + password).getBytes(UTF_8);
    return HexFormat.of().formatHex(digest("MD5", plain)).getBytes(UTF_8);
  }

  private byte[] hash(byte[] bytes) {
    return digest(algorithm, bytes);
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private byte[] hmac(byte[] key, byte[] bytes) {
    String name = "Hmac" + algorithm.replace("-", "");
    try {
      Mac mac = Mac.getInstance(name);
      mac.init(new SecretKeySpec(key, name));
      return mac.doFinal(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + name, e);
    }
  }

  private static byte[] xor(byte[] one, byte[] other) {
    byte[] result = new byte[one.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (byte) (one[i] ^ other[i]);
    }
    return result;
  }
}

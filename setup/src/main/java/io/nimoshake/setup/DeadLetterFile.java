package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.setup.file.LockedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends rejected items to a file. Each line is a JSON object with {@code time}, {@code
 * direction}, {@code table}, {@code key} (DynamoDB JSON), {@code reason} and {@code item}. The
 * lines are on the disk when {@link #accept} returns. After a restart the same item may be in the
 * file twice. Also logs rejected items, but only the first few of each minute.
 *
 * <p>The file is opened and locked for each write, because {@code nimo-shake replay} may put a
 * shorter file in its place while a sync is running.
 */
public final class DeadLetterFile implements DeadLetters {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFile.class);
  private static final int LOGGED_A_MINUTE = 10;

  /**
   * Where an item was going when it was rejected. The way back writes to the same file, and its
   * lines say the opposite: that there was a document.
   */
  public enum Direction {
    /** From DynamoDB to the target. */
    FORWARD("forward"),
    /** From a document of MongoDB to DynamoDB. */
    BACK("back");

    private final String key;

    Direction(String key) {
      this.key = key;
    }

    /** As it is in a line. */
    public String key() {
      return key;
    }
  }

  private final Path path;
  private final Direction direction;
  private final Clock clock;

  /** The minute of the last logged item, since 1970, and how many were logged in it. */
  private long loggedMinute;

  private int loggedItems;

  public DeadLetterFile(Path path, Direction direction, Clock clock) {
    this.path = path;
    this.direction = direction;
    this.clock = clock;
  }

  /**
   * Creates the file, or checks that it can be written. Call it at the start, so that a wrong path
   * is not found hours later.
   */
  public void open() throws Fault {
    try {
      LockedFile.open(path).close();
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  /** Whether there are rejected items in a file. */
  public static boolean hasItems(Path path) {
    try {
      return Files.size(path) > 0;
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      LOG.warn("the dead letter file {} cannot be looked at, so it may have items: {}", path, e);
      return true;
    }
  }

  private Fault cannotWrite(IOException e) {
    return new Fault.Fatal("dead letters cannot be written to " + path + ": " + e, e);
  }

  private void log(Rejected item) {
    long minute = clock.instant().getEpochSecond() / 60;
    loggedItems = minute == loggedMinute ? loggedItems + 1 : 1;
    loggedMinute = minute;
    if (loggedItems <= LOGGED_A_MINUTE) {
      LOG.atWarn()
          .addKeyValue("event", "rejected")
          .addKeyValue("table", item.table())
          .addKeyValue("error", item.reason())
          .log(
              "table {}: item {} is rejected and left out, see {}: {}",
              item.table(),
              item.key(),
              path,
              item.reason());
    } else if (loggedItems == LOGGED_A_MINUTE + 1) {
      LOG.warn("more items are rejected in this minute, see {}", path);
    }
  }

  @Override
  public synchronized void accept(List<Rejected> items) throws Fault {
    StringBuilder lines = new StringBuilder();
    for (Rejected item : items) {
      lines.append(line(clock.instant(), direction, item)).append('\n');
    }
    try (LockedFile file = LockedFile.open(path)) {
      append(file.channel(), lines.toString());
      file.channel().force(true);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    items.forEach(this::log);
  }

  private static void append(FileChannel channel, String lines) throws IOException {
    long end = channel.size();
    // A process that was killed may have left half a line.
    boolean torn = end > 0 && lastByte(channel, end) != '\n';
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(torn ? "\n" + lines : lines);
    channel.position(end);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  private static byte lastByte(FileChannel channel, long end) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    channel.read(last, end - 1);
    return last.get(0);
  }

  /** A line of the file, without its end. */
  public static String line(Instant time, Direction direction, Rejected item) {
    StringBuilder line = new StringBuilder("{\"time\":\"").append(time).append('"');
    JsonText.member(line, "direction", direction.key());
    JsonText.member(line, "table", item.table());
    // Key and item are JSON already.
    line.append(",\"key\":").append(item.key());
    JsonText.member(line, "reason", item.reason());
    line.append(",\"item\":").append(item.item().isBlank() ? "null" : item.item());
    return line.append('}').toString();
  }
}

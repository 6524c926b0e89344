package io.nimoshake.dynamodb.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Position;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The pages of a split that are in its files, a line each. A page counts when its line is durable.
 * A line that a crash has cut does not count. Used by one thread at a time.
 */
final class PageJournal {
  private static final String BEGINNING = "beginning";
  private static final String END = "end";
  private static final String AFTER = "after ";

  private final Path file;

  /** The last line, and where it ends in the file; empty if the file must be read. */
  private Optional<Line> last = Optional.empty();

  private record Line(PageEntry entry, long end) {}

  PageJournal(Path file) {
    this.file = file;
  }

  /** A position in one line. */
  static String text(Position position) {
    if (position instanceof Position.Beginning) {
      return BEGINNING;
    } else if (position instanceof Position.End) {
      return END;
    } else if (position instanceof Position.After after) {
      return AFTER + after.token().replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
    }
    throw new IllegalArgumentException("a copy has no such position: " + position);
  }

  /**
   * Forgets all pages behind a position.
   *
   * @return what the files were there
   * @throws Fault.TableFailed if no page ended there
   */
  PageEntry cutTo(Position position) throws IOException, Fault {
    String wanted = text(position);
    if (last.isEmpty() || !last.get().entry().position().equals(wanted)) {
      last = Optional.of(find(wanted));
    }
    return last.get().entry();
  }

  /**
   * Adds a page behind the last one.
   *
   * @throws Fault.TableFailed if the file has become shorter
   */
  void append(PageEntry entry) throws IOException, Fault {
    long end = last.orElseThrow(() -> new IllegalStateException("cut it first")).end();
    byte[] line = (entry.line() + "\n").getBytes(UTF_8);
    // What was written if this fails is not known.
    last = Optional.empty();
    DurableFiles.append(file, end, List.of(ByteBuffer.wrap(line)));
    last = Optional.of(new Line(entry, end + line.length));
  }

  private Line find(String position) throws IOException, Fault {
    Optional<Line> found =
        position.equals(BEGINNING)
            ? Optional.of(new Line(PageEntry.beginning(position), 0))
            : Optional.empty();
    try (Lines lines = new Lines()) {
      Optional<Line> line = lines.next();
      while (line.isPresent()) {
        if (line.get().entry().position().equals(position)) {
          found = line;
        }
        line = lines.next();
      }
    }
    return found.orElseThrow(
        () ->
            new Fault.TableFailed(
                "the files beside "
                    + file
                    + " are not those of the checkpoint: they have no page that ended where the"
                    + " copy goes on: delete the checkpoint and the files, and copy again",
                null));
  }

  interface EntryConsumer {
    void accept(PageEntry entry);
  }

  /**
   * Passes on the pages in their order.
   *
   * @return whether the last one ended at the end of the split
   */
  boolean read(EntryConsumer each) throws IOException, Fault {
    boolean ended = false;
    try (Lines lines = new Lines()) {
      Optional<Line> line = lines.next();
      while (line.isPresent()) {
        each.accept(line.get().entry());
        ended = line.get().entry().position().equals(END);
        line = lines.next();
      }
    }
    return ended;
  }

  /** Reads the lines. */
  private final class Lines implements AutoCloseable {
    private final InputStream in;
    private long end;

    Lines() throws IOException {
      in =
          Files.exists(file)
              ? new BufferedInputStream(Files.newInputStream(file))
              : InputStream.nullInputStream();
    }

    Optional<Line> next() throws IOException, Fault {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int b = in.read();
      while (b >= 0 && b != '\n') {
        line.write(b);
        b = in.read();
      }
      if (b < 0) {
        return Optional.empty();
      }
      end += line.size() + 1;
      try {
        return Optional.of(new Line(PageEntry.parse(line.toString(UTF_8)), end));
      } catch (IllegalArgumentException e) {
        throw new Fault.TableFailed(file + " is damaged: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}

package io.nimoshake.app.letter;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.port.Notes;
import io.nimoshake.mongodb.checkpoint.SyncStore;
import io.nimoshake.setup.SyncSetup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How many dead letters were accepted in the last cut-over, as a note beside the checkpoint. A file
 * with fewer of them does not tell all items that were rejected. Documents that the way back has
 * rejected are not counted.
 */
public final class AcceptedLetters {
  private static final String NAME = "accepted_dead_letters";

  private AcceptedLetters() {}

  /**
   * Notes them, before the cut-over is recorded.
   *
   * @param file with the dead letters; empty if there are none
   */
  public static void note(Notes notes, Optional<Path> file) throws Fault {
    long letters = file.isPresent() ? count(file.get()) : 0;
    if (letters > 0 || notes.notes().containsKey(NAME)) {
      notes.note(NAME, String.valueOf(letters));
    }
  }

  /** How many there were; 0 if none were noted. */
  public static long noted(Notes notes) throws Fault {
    String text = notes.notes().get(NAME);
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Fault.Fatal("the note " + NAME + " beside the checkpoint is no number: " + text, e);
    }
  }

  /** The same, of a sync that is not open; 0 also if it has no checkpoint. */
  public static long noted(SyncSetup setup) throws Fault {
    Optional<SyncStore> store = setup.existingCheckpoints();
    if (store.isEmpty()) {
      return 0;
    }
    try (SyncStore opened = store.get()) {
      return noted(opened);
    }
  }

  /**
   * Some of them are settled, and no longer in the file. So it is not for them that the file has
   * fewer.
   */
  public static void settle(SyncSetup setup, long letters) throws Fault {
    Optional<SyncStore> store = setup.existingCheckpoints();
    if (letters == 0 || store.isEmpty()) {
      return;
    }
    try (SyncStore opened = store.get()) {
      long noted = noted(opened);
      if (noted > 0) {
        opened.note(NAME, String.valueOf(Math.max(0, noted - letters)));
      }
    }
  }

  private static long count(Path file) throws Fault {
    try (BufferedReader lines = DeadLetter.lines(file)) {
      return lines.lines().filter(AcceptedLetters::counts).count();
    } catch (IOException | UncheckedIOException e) {
      throw new Fault.Fatal("the dead letters of " + file + " cannot be counted: " + e, e);
    }
  }

  /** Whether a line may tell an item that a copy has rejected. Those of the way back do not. */
  public static boolean counts(String line) {
    return !line.isBlank() && DeadLetter.parse(line).filter(DeadLetter::back).isEmpty();
  }
}

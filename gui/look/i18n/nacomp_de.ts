<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About nacomp</source>
        <translation>Über nacomp</translation>
    </message>
    <message>
        <source>Files become smaller because a language model foresees them.</source>
        <translation>Dateien werden kleiner, weil ein Sprachmodell sie voraussieht.</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Lizenzen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Start anyway</source>
        <translation>Trotzdem beginnen</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparieren</translation>
    </message>
    <message>
        <source>Salvage</source>
        <translation>Bergen</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Beide behalten</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Cancel the job</source>
        <translation>Auftrag abbrechen</translation>
    </message>
    <message>
        <source>Salvage what is intact</source>
        <translation>Unversehrtes bergen</translation>
    </message>
    <message>
        <source>Download the model it needs</source>
        <translation>Das benötigte Modell herunterladen</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Im Ordner zeigen</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Aus der Liste nehmen</translation>
    </message>
    <message>
        <source>Repair the archive</source>
        <translation>Archiv reparieren</translation>
    </message>
</context>
<context>
    <name>Adding</name>
    <message>
        <source>Type the same password twice, or show it; then add the files again. Nothing was added.</source>
        <translation>Bitte zweimal dasselbe Passwort eingeben oder es anzeigen, dann die Dateien noch einmal hinzufügen. Es wurde nichts hinzugefügt.</translation>
    </message>
</context>
<context>
    <name>AddingQuestions</name>
    <message numerus="yes">
        <source>%n small file(s): one archive for all of them, or one each?</source>
        <translation>
            <numerusform>%n kleine Datei: ein Archiv für alle oder je eines?</numerusform>
            <numerusform>%n kleine Dateien: ein Archiv für alle oder je eines?</numerusform>
        </translation>
    </message>
    <message>
        <source>One archive</source>
        <translation>Ein Archiv</translation>
    </message>
    <message>
        <source>One each</source>
        <translation>Je eines</translation>
    </message>
    <message>
        <source>Always one each</source>
        <translation>Immer einzeln</translation>
    </message>
</context>
<context>
    <name>ArchiveNameDialog</name>
    <message>
        <source>Name of the archive</source>
        <translation>Name des Archivs</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>What should the archive be called?</source>
        <translation>Wie soll das Archiv heißen?</translation>
    </message>
</context>
<context>
    <name>ArchivePage</name>
    <message>
        <source>Look inside an archive</source>
        <translation>In ein Archiv hineinsehen</translation>
    </message>
    <message>
        <source>Open or drop a .nac file to see what it holds, to read its texts without unpacking, and to extract all or some of it.</source>
        <translation>Eine .nac-Datei öffnen oder hierher ziehen, um zu sehen, was darin ist, Texte ohne Entpacken zu lesen und alles oder einen Teil zu entpacken.</translation>
    </message>
    <message>
        <source>Open archive…</source>
        <translation>Archiv öffnen …</translation>
    </message>
    <message>
        <source>Recent archives</source>
        <translation>Zuletzt geöffnete Archive</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiv</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Öffnen …</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Decode everything and check every byte, without writing anything</source>
        <translation>Alles entpacken und jedes Byte prüfen, ohne etwas zu schreiben</translation>
    </message>
    <message>
        <source>Extract to…</source>
        <translation>Entpacken nach …</translation>
    </message>
    <message>
        <source>Extract all</source>
        <translation>Alles entpacken</translation>
    </message>
    <message>
        <source>Reading the archive…</source>
        <translation>Das Archiv wird gelesen …</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n Datei</numerusform>
            <numerusform>%n Dateien</numerusform>
        </translation>
    </message>
    <message>
        <source>The end of an update is missing: this is the state before it. If this is a copy, copy it again.</source>
        <translation>Das Ende einer Aktualisierung fehlt: Dies ist der Stand davor. Wenn dies eine Kopie ist, bitte noch einmal kopieren.</translation>
    </message>
    <message>
        <source>The model {0} is on its way: {1}%</source>
        <translation>Das Modell {0} ist unterwegs: {1} %</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Herunterladen</translation>
    </message>
    <message>
        <source>Needs no language model: packed with classical codecs.</source>
        <translation>Braucht kein Sprachmodell: mit klassischen Verfahren gepackt.</translation>
    </message>
    <message>
        <source>opens on every machine that has these models</source>
        <translation>öffnet sich auf jedem Rechner, der diese Modelle hat</translation>
    </message>
    <message>
        <source>Packed with the built-in model</source>
        <translation>Gepackt mit dem eingebauten Modell</translation>
    </message>
    <message>
        <source>opens on every machine</source>
        <translation>öffnet sich auf jedem Rechner</translation>
    </message>
    <message>
        <source>Packed with {0}</source>
        <translation>Gepackt mit {0}</translation>
    </message>
    <message>
        <source>{0} bits per byte</source>
        <translation>{0} Bit je Byte</translation>
    </message>
    <message>
        <source>opens on every machine that has this model</source>
        <translation>öffnet sich auf jedem Rechner, der dieses Modell hat</translation>
    </message>
    <message>
        <source>opens only with the same build of llama.cpp</source>
        <translation>öffnet sich nur mit demselben Bau von llama.cpp</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparieren</translation>
    </message>
    <message>
        <source>Salvage what is intact</source>
        <translation>Unversehrtes bergen</translation>
    </message>
    <message>
        <source>Open an archive</source>
        <translation>Ein Archiv öffnen</translation>
    </message>
    <message>
        <source>nacomp archives (*.nac)</source>
        <translation>nacomp-Archive (*.nac)</translation>
    </message>
    <message>
        <source>Extract the selected entries to</source>
        <translation>Gewählte Einträge entpacken nach</translation>
    </message>
    <message>
        <source>Extract all to</source>
        <translation>Alles entpacken nach</translation>
    </message>
    <message>
        <source>Extract selected to…</source>
        <translation>Auswahl entpacken …</translation>
    </message>
    <message>
        <source>{0} may be a program. Extract it if you trust it.</source>
        <translation>{0} könnte ein Programm sein. Entpacken Sie es, wenn Sie ihm trauen.</translation>
    </message>
    <message>
        <source>Getting it ready to be opened…</source>
        <translation>Wird zum Öffnen vorbereitet …</translation>
    </message>
    <message>
        <source>The system has no program to open {0} with.</source>
        <translation>Das System hat kein Programm, um {0} zu öffnen.</translation>
    </message>
    <message>
        <source>Getting it ready to be dragged out…</source>
        <translation>Wird zum Herausziehen vorbereitet …</translation>
    </message>
    <message>
        <source>Ready: drag it now.</source>
        <translation>Bereit: jetzt herausziehen.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>Comes with nacomp: small, quick, at once at hand.</source>
        <translation>In nacomp enthalten: klein, schnell, sofort zur Hand.</translation>
    </message>
    <message>
        <source>Much smaller archives than with the built-in model, and slower. Comes as a Python package.</source>
        <translation>Viel kleinere Archive als mit dem eingebauten Modell, und langsamer. Kommt als Python-Paket.</translation>
    </message>
    <message>
        <source>About 15% smaller archives of prose than with the instruct model.</source>
        <translation>Rund 15 % kleinere Archive von Prosa als mit dem Instruct-Modell.</translation>
    </message>
    <message>
        <source>Another 13% smaller, and nearly three times the work.</source>
        <translation>Noch einmal 13 % kleiner, bei fast dreifacher Arbeit.</translation>
    </message>
    <message>
        <source>Far smaller archives of text that is not English, beside SmolLM2 for the rest. Slower than SmolLM2 135M. Its terms: ai.google.dev/gemma/terms</source>
        <translation>Viel kleinere Archive von Texten, die nicht englisch sind, neben SmolLM2 für den Rest. Langsamer als SmolLM2 135M. Nutzungsbedingungen: ai.google.dev/gemma/terms</translation>
    </message>
</context>
<context>
    <name>CompareChart</name>
    <message>
        <source>Sizes compared: {0}</source>
        <translation>Größenvergleich: {0}</translation>
    </message>
</context>
<context>
    <name>Destination</name>
    <message>
        <source>Beside the original</source>
        <translation>Neben dem Original</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Save results to</source>
        <translation>Ergebnisse sichern in</translation>
    </message>
</context>
<context>
    <name>DeviceChoice</name>
    <message>
        <source>Automatic</source>
        <translation>Von selbst</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Prozessor</translation>
    </message>
</context>
<context>
    <name>DropArea</name>
    <message>
        <source>Drop files or folders here</source>
        <translation>Dateien oder Ordner hierher ziehen</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien wählen …</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Text, code and documents become several times smaller. Anything else becomes at least as small as with xz. Drop a .nac archive to look inside or get your files back.</source>
        <translation>Texte, Quellcode und Dokumente werden um ein Mehrfaches kleiner. Alles andere wird mindestens so klein wie mit xz. Ein .nac-Archiv hierher ziehen, um hineinzusehen oder die Dateien zurückzuholen.</translation>
    </message>
</context>
<context>
    <name>EntryBrowser</name>
    <message>
        <source>Entries of the archive</source>
        <translation>Einträge des Archivs</translation>
    </message>
    <message>
        <source>Find in the archive</source>
        <translation>Im Archiv suchen</translation>
    </message>
    <message>
        <source>Preview of the selected entry</source>
        <translation>Vorschau des gewählten Eintrags</translation>
    </message>
    <message>
        <source>Decoding the beginning…</source>
        <translation>Der Anfang wird entpackt …</translation>
    </message>
    <message>
        <source>Select a text to read its beginning here. Drag entries out of the window to extract them.</source>
        <translation>Einen Text auswählen, um seinen Anfang hier zu lesen. Einträge aus dem Fenster ziehen, um sie zu entpacken.</translation>
    </message>
    <message>
        <source>This picture cannot be shown here. Extract it to open it.</source>
        <translation>Dieses Bild lässt sich hier nicht zeigen. Zum Öffnen bitte entpacken.</translation>
    </message>
    <message>
        <source>Not a text, so there is nothing to show here. Extract it to open it.</source>
        <translation>Kein Text, daher gibt es hier nichts zu zeigen. Zum Öffnen entpacken.</translation>
    </message>
</context>
<context>
    <name>EntryModel</name>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>Gepackt</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>Verhältnis</translation>
    </message>
    <message>
        <source>Found inside</source>
        <translation>Darin gefunden</translation>
    </message>
    <message>
        <source>Modified</source>
        <translation>Geändert</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n Teil</numerusform>
            <numerusform>%n Teile</numerusform>
        </translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Art</translation>
    </message>
    <message>
        <source>Its share of the archive; files that were packed together share by their size</source>
        <translation>Ihr Anteil am Archiv; gemeinsam gepackte Dateien teilen ihn sich nach ihrer Größe</translation>
    </message>
    <message>
        <source>How many bytes have become one</source>
        <translation>Wie viele Bytes zu einem wurden</translation>
    </message>
    <message>
        <source>Parts of the file that were opened, so that what is in them is packed by itself</source>
        <translation>Teile der Datei, die geöffnet wurden, damit ihr Inhalt für sich gepackt wird</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Verknüpfung</translation>
    </message>
</context>
<context>
    <name>EntryTree</name>
    <message>
        <source>Columns</source>
        <translation>Spalten</translation>
    </message>
    <message>
        <source>As many as there is room for</source>
        <translation>So viele, wie Platz haben</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Extract to…</source>
        <translation>Entpacken nach …</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>Pfad kopieren</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>The archive is damaged beyond what its recovery data can repair: {reason}.</source>
        <translation>Das Archiv ist stärker beschädigt, als seine Wiederherstellungsdaten beheben können: {reason}.</translation>
    </message>
    <message>
        <source>{path} is damaged: {what}.</source>
        <translation>{path} ist beschädigt: {what}.</translation>
    </message>
    <message>
        <source>The archive is damaged or not a nacomp archive: {reason}.</source>
        <translation>Das Archiv ist beschädigt oder kein nacomp-Archiv: {reason}.</translation>
    </message>
    <message>
        <source>Block {number} of the archive is damaged: {reason}.</source>
        <translation>Block {number} des Archivs ist beschädigt: {reason}.</translation>
    </message>
    <message>
        <source>The device {device} was asked for and cannot be used: {reason}.</source>
        <translation>Das Gerät {device} wurde verlangt und kann nicht benutzt werden: {reason}.</translation>
    </message>
    <message>
        <source>The model {model} could not be downloaded: {reason}.</source>
        <translation>Das Modell {model} ließ sich nicht herunterladen: {reason}; ein neuer Versuch macht dort weiter.</translation>
    </message>
    <message>
        <source>There is no entry {path} in this archive.</source>
        <translation>In diesem Archiv gibt es keinen Eintrag {path}.</translation>
    </message>
    <message>
        <source>{feature} needs an optional part of nacomp; install it with: pip install &apos;nacomp[{extra}]&apos;</source>
        <translation>{feature} braucht einen Zusatz zu nacomp; installieren mit: pip install &apos;nacomp[{extra}]&apos;</translation>
    </message>
    <message>
        <source>{path} changed while it was being read, so nothing was written; compress it again when it is at rest.</source>
        <translation>{path} hat sich beim Lesen verändert, darum wurde nichts geschrieben; bitte noch einmal packen, wenn niemand mehr daran schreibt.</translation>
    </message>
    <message>
        <source>{path}: {reason}.</source>
        <translation>{path}: {reason}.</translation>
    </message>
    <message>
        <source>This archive was written by a llama.cpp engine that differs from this one ({differences}); its floats would not repeat, so it is refused.</source>
        <translation>Dieses Archiv hat ein llama.cpp geschrieben, das sich von dem hier unterscheidet ({differences}); seine Gleitkommazahlen kämen nicht wieder, darum wird es abgelehnt.</translation>
    </message>
    <message>
        <source>The GPUs here have room for {room} copies of this model, {wanted} were asked for.</source>
        <translation>Die Grafikprozessoren hier haben Platz für {room} Kopien dieses Modells, verlangt waren {wanted}.</translation>
    </message>
    <message>
        <source>The file for model {model} has SHA-256 {actual}, expected {expected}; nothing was kept.</source>
        <translation>Die Datei zum Modell {model} hat den SHA-256 {actual}, erwartet war {expected}; nichts davon wurde behalten.</translation>
    </message>
    <message>
        <source>Stopped on request; {left}.</source>
        <translation>Auf Wunsch angehalten; {left}.</translation>
    </message>
    <message>
        <source>The kernel {kernel} was asked for and cannot run here ({reason}); available: {available}.</source>
        <translation>Verlangt war der Kernel {kernel}, der hier nicht läuft ({reason}); vorhanden: {available}.</translation>
    </message>
    <message>
        <source>The archive asks for {asked} where the limit is {limit}; it may be hostile ({what}).</source>
        <translation>Das Archiv verlangt {asked}, die Grenze ist {limit}; vielleicht ist es böswillig ({what}).</translation>
    </message>
    <message>
        <source>The file object that was handed over is no file of bytes: {reason}.</source>
        <translation>Das übergebene Dateiobjekt ist keine Datei aus Bytes: {reason}.</translation>
    </message>
    <message>
        <source>The model {model} cannot be used: {reason}.</source>
        <translation>Das Modell {model} lässt sich nicht verwenden: {reason}.</translation>
    </message>
    <message>
        <source>Other software in this process changed its arithmetic: it {fault}, and archives would decode nowhere else.</source>
        <translation>Andere Software in diesem Prozess hat dessen Rechenregeln geändert ({fault}); Archive ließen sich sonst nirgends entpacken.</translation>
    </message>
    <message>
        <source>The model {model} is not on this machine.</source>
        <translation>Das Modell {model} ist nicht auf diesem Rechner; auf der Seite Modelle steht, was sich holen lässt.</translation>
    </message>
    <message>
        <source>The models {models} are not on this machine.</source>
        <translation>Die Modelle {models} sind nicht auf diesem Rechner; auf der Seite Modelle steht, was sich holen lässt.</translation>
    </message>
    <message>
        <source>There is no home folder that models could be kept in; name a folder in NACOMP_HOME.</source>
        <translation>Es gibt keinen Heimatordner, in dem Modelle liegen könnten; nennen Sie einen Ordner in NACOMP_HOME.</translation>
    </message>
    <message>
        <source>The archive cannot be repaired: it has no usable recovery data ({reason}).</source>
        <translation>Das Archiv lässt sich nicht reparieren: Es hat keine brauchbaren Wiederherstellungsdaten ({reason}).</translation>
    </message>
    <message>
        <source>This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}.</source>
        <translation>Das braucht mindestens {needed_mb:,} MB Speicher, frei sind {free_mb:,} MB; {advice}.</translation>
    </message>
    <message>
        <source>The archive is in its place, but not all inputs could be read; left out: {count}.</source>
        <translation>Das Archiv ist an seinem Platz, aber nicht alles war lesbar; ausgelassen: {count}.</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} gibt es schon.</translation>
    </message>
    <message>
        <source>{failed} of {total} inputs failed.</source>
        <translation>{failed} von {total} sind gescheitert.</translation>
    </message>
    <message>
        <source>The path {path} cannot be in an archive: {reason}.</source>
        <translation>Der Pfad {path} kann nicht in einem Archiv stehen: {reason}.</translation>
    </message>
    <message>
        <source>This archive needs {needed}, which this version of nacomp does not know; a newer release may.</source>
        <translation>Dieses Archiv braucht {needed}, das kennt diese Version von nacomp nicht; eine neuere vielleicht.</translation>
    </message>
    <message>
        <source>The model file {model} cannot be used by the {engine} engine: {reason}.</source>
        <translation>Die Modelldatei {model} lässt sich mit dem Rechenwerk {engine} nicht verwenden: {reason}.</translation>
    </message>
    <message>
        <source>{reason}.</source>
        <translation>{reason}.</translation>
    </message>
    <message>
        <source>The written archive did not decode to its source ({path}); it was removed and the source kept.</source>
        <translation>Das geschriebene Archiv ergab beim Entpacken nicht das Original ({path}); es wurde entfernt, das Original ist noch da.</translation>
    </message>
    <message>
        <source>The archive is damaged or not a nacomp archive.</source>
        <translation>Das Archiv ist beschädigt oder kein nacomp-Archiv.</translation>
    </message>
    <message>
        <source>Block {number} of the archive is damaged.</source>
        <translation>Block {number} des Archivs ist beschädigt.</translation>
    </message>
    <message>
        <source>The archive cannot be repaired: it has no usable recovery data.</source>
        <translation>Das Archiv lässt sich nicht reparieren: Es hat keine brauchbaren Wiederherstellungsdaten.</translation>
    </message>
    <message>
        <source>The archive is damaged beyond what its recovery data can repair.</source>
        <translation>Das Archiv ist stärker beschädigt, als seine Wiederherstellungsdaten reparieren können.</translation>
    </message>
    <message>
        <source>This archive needs a newer nacomp: it was written in a way that this one does not know.</source>
        <translation>Dieses Archiv braucht ein neueres nacomp: Es wurde auf eine Weise geschrieben, die dieses nicht kennt.</translation>
    </message>
    <message>
        <source>This archive asks for more memory, room or work than is safe; it may be hostile.</source>
        <translation>Dieses Archiv verlangt mehr Speicher, Platz oder Arbeit, als sicher ist; es könnte böswillig sein.</translation>
    </message>
    <message>
        <source>The path {path} cannot be in an archive.</source>
        <translation>Der Pfad {path} kann nicht in einem Archiv stehen.</translation>
    </message>
    <message>
        <source>A part of {path} is lost; the rest is saved.</source>
        <translation>Ein Teil von {path} ist verloren; der Rest ist gerettet.</translation>
    </message>
    <message>
        <source>{path} cannot be used.</source>
        <translation>{path} kann nicht verwendet werden.</translation>
    </message>
    <message>
        <source>That cannot be done in this way.</source>
        <translation>Das geht auf diese Weise nicht.</translation>
    </message>
    <message>
        <source>The model {model} cannot be used.</source>
        <translation>Das Modell {model} kann nicht verwendet werden.</translation>
    </message>
    <message>
        <source>The model {model} could not be downloaded.</source>
        <translation>Das Modell {model} konnte nicht heruntergeladen werden.</translation>
    </message>
    <message>
        <source>The file for the model {model} is not the one that was expected; nothing was kept.</source>
        <translation>Die Datei für das Modell {model} ist nicht die erwartete; nichts wurde behalten.</translation>
    </message>
    <message>
        <source>There is no home folder that models could be kept in.</source>
        <translation>Es gibt keinen Benutzerordner, in dem Modelle liegen könnten.</translation>
    </message>
    <message>
        <source>The way of computing that was asked for is not available on this machine.</source>
        <translation>Die verlangte Rechenweise gibt es auf diesem Rechner nicht.</translation>
    </message>
    <message>
        <source>The graphics card that was asked for cannot be used here.</source>
        <translation>Die Grafikkarte, die verlangt wurde, kann hier nicht benutzt werden.</translation>
    </message>
    <message>
        <source>Other software in this process changed its arithmetic, and archives would decode nowhere else.</source>
        <translation>Andere Software in diesem Prozess hat seine Arithmetik verändert; Archive ließen sich sonst nirgends entpacken.</translation>
    </message>
    <message>
        <source>This needs an optional part of nacomp that is not installed here.</source>
        <translation>Dafür braucht es einen Teil von nacomp, der hier nicht installiert ist.</translation>
    </message>
    <message>
        <source>This archive was written by another llama.cpp than the one here; only that one can read it.</source>
        <translation>Dieses Archiv wurde von einem anderen llama.cpp geschrieben als dem hiesigen; nur jenes kann es lesen.</translation>
    </message>
</context>
<context>
    <name>Histogram</name>
    <message>
        <source>Tokens by bits: {0}</source>
        <translation>Tokens nach Bits: {0}</translation>
    </message>
</context>
<context>
    <name>JobDetails</name>
    <message>
        <source>Details of the selected job</source>
        <translation>Einzelheiten des gewählten Auftrags</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Auftrag</translation>
    </message>
    <message>
        <source>Back to the queue</source>
        <translation>Zurück zur Liste</translation>
    </message>
    <message>
        <source>Progress of this job</source>
        <translation>Fortschritt dieses Auftrags</translation>
    </message>
    <message>
        <source>Compared with classical codecs</source>
        <translation>Im Vergleich mit klassischen Verfahren</translation>
    </message>
    <message>
        <source>Compare with zip, zstd and xz</source>
        <translation>Mit zip, zstd und xz vergleichen</translation>
    </message>
    <message>
        <source>From</source>
        <translation>Von</translation>
    </message>
    <message>
        <source>And</source>
        <translation>Und</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n weitere</numerusform>
            <numerusform>%n weitere</numerusform>
        </translation>
    </message>
    <message>
        <source>To</source>
        <translation>Nach</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation>Gepackt</translation>
    </message>
    <message>
        <source>Bits per byte</source>
        <translation>Bit je Byte</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Hinweis</translation>
    </message>
    <message>
        <source>Technical</source>
        <translation>Technisch</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>Hineinsehen</translation>
    </message>
    <message>
        <source>Packs the same files with zip, zstd and xz at their strongest, without keeping the result.</source>
        <translation>Packt dieselben Dateien mit zip, zstd und xz in stärkster Einstellung, ohne das Ergebnis zu behalten.</translation>
    </message>
    <message>
        <source>Packing with zip, zstd and xz…</source>
        <translation>Wird mit zip, zstd und xz gepackt …</translation>
    </message>
    <message>
        <source>Same files, strongest settings. Shorter is better.</source>
        <translation>Dieselben Dateien, stärkste Einstellungen. Kürzer ist besser.</translation>
    </message>
    <message>
        <source>The source files are no longer there to compare with.</source>
        <translation>Die Originale sind zum Vergleichen nicht mehr da.</translation>
    </message>
</context>
<context>
    <name>JobList</name>
    <message>
        <source>Queue of jobs</source>
        <translation>Liste der Aufträge</translation>
    </message>
    <message>
        <source>Cancel {0}?</source>
        <translation>{0} abbrechen?</translation>
    </message>
    <message>
        <source>The work of {0} would be lost.</source>
        <translation>Die Arbeit von {0} ginge verloren.</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Weiterarbeiten</translation>
    </message>
    <message>
        <source>Put back what was removed</source>
        <translation>Entferntes zurückholen</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Nach oben</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Nach unten</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>If the name is taken</source>
        <translation>Bei gleichem Namen</translation>
    </message>
    <message>
        <source>Name of the archive…</source>
        <translation>Name des Archivs …</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Sichern in</translation>
    </message>
    <message>
        <source>Beside the original</source>
        <translation>Neben dem Original</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Save results to</source>
        <translation>Ergebnisse speichern in</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Einen Ordner hinzufügen</translation>
    </message>
    <message>
        <source>Add the files of the clipboard</source>
        <translation>Die Dateien der Zwischenablage hinzufügen</translation>
    </message>
    <message>
        <source>Find in the open archive</source>
        <translation>Im offenen Archiv suchen</translation>
    </message>
    <message>
        <source>Pause or go on with the selected jobs</source>
        <translation>Ausgewählte Aufträge anhalten oder fortsetzen</translation>
    </message>
    <message>
        <source>Cancel or remove the selected jobs</source>
        <translation>Ausgewählte Aufträge abbrechen oder entfernen</translation>
    </message>
    <message>
        <source>Try failed jobs again</source>
        <translation>Gescheiterte Aufträge erneut versuchen</translation>
    </message>
    <message>
        <source>Move the selected jobs</source>
        <translation>Ausgewählte Aufträge verschieben</translation>
    </message>
    <message>
        <source>Details of a job</source>
        <translation>Einzelheiten eines Auftrags</translation>
    </message>
    <message>
        <source>Back from the details</source>
        <translation>Zurück von den Einzelheiten</translation>
    </message>
    <message>
        <source>The pages</source>
        <translation>Die Seiten</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Colour scale from 0 to 16 bits</source>
        <translation>Farbskala von 0 bis 16 Bit</translation>
    </message>
</context>
<context>
    <name>LongJobQuestions</name>
    <message>
        <source>{0} would take about {1} at level {2}, and reach about {3}.</source>
        <translation>{0} würde auf Stufe {2} etwa {1} dauern und etwa {3} erreichen.</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) would take about {0} in all, and reach about {1}.</source>
        <translation>
            <numerusform>%n Auftrag würde insgesamt etwa {0} dauern und etwa {1} erreichen.</numerusform>
            <numerusform>%n Aufträge würden insgesamt etwa {0} dauern und etwa {1} erreichen.</numerusform>
        </translation>
    </message>
    <message>
        <source>Start all anyway</source>
        <translation>Alle trotzdem starten</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Compress</source>
        <translation>Packen</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archiv</translation>
    </message>
    <message>
        <source>Surprise map</source>
        <translation>Überraschungen</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>About and help</source>
        <translation>Über und Hilfe</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {0}</source>
        <translation>Etwas Unerwartetes ist schiefgegangen: {0}</translation>
    </message>
    <message>
        <source>{0} cannot be used now, so nacomp chooses where to compute. Results stay the same.</source>
        <translation>{0} kann jetzt nicht benutzt werden, daher wählt nacomp selbst, wo gerechnet wird. Die Ergebnisse bleiben gleich.</translation>
    </message>
    <message>
        <source>There are no files in the clipboard.</source>
        <translation>In der Zwischenablage sind keine Dateien.</translation>
    </message>
    <message>
        <source>Work is going on</source>
        <translation>Es wird noch gearbeitet</translation>
    </message>
    <message>
        <source>A job is still running. Stop it and close?</source>
        <translation>Ein Auftrag läuft noch. Abbrechen und schließen?</translation>
    </message>
    <message>
        <source>Unfinished output is removed; the job waits in the queue when nacomp starts again.</source>
        <translation>Unfertiges wird entfernt; der Auftrag wartet in der Liste, wenn nacomp wieder startet.</translation>
    </message>
    <message>
        <source>Passwords are not kept</source>
        <translation>Passwörter werden nicht behalten</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a password wait in the queue. Close and forget them?</source>
        <translation>
            <numerusform>%n Auftrag mit Passwort wartet. Schließen und vergessen?</numerusform>
            <numerusform>%n Aufträge mit Passwort warten. Schließen und vergessen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Your files stay as they are.</source>
        <translation>Ihre Dateien bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Weiterarbeiten</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>Abbrechen und schließen</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
</context>
<context>
    <name>MissingModels</name>
    <message>
        <source>The model {0} is on its way</source>
        <translation>Das Modell {0} ist unterwegs</translation>
    </message>
    <message>
        <source>This archive needs the model {0}, which is not on this machine and cannot be downloaded. Its file can be added on the page Models.</source>
        <translation>Dieses Archiv braucht das Modell {0}, das nicht auf diesem Rechner ist und nicht heruntergeladen werden kann. Seine Datei lässt sich auf der Seite Modelle hinzufügen.</translation>
    </message>
    <message>
        <source>This archive needs the model {0} ({1}), which is not on this machine yet.</source>
        <translation>Dieses Archiv braucht das Modell {0} ({1}), das noch nicht auf diesem Rechner ist.</translation>
    </message>
    <message>
        <source>The model {0} is on its way: {1}%</source>
        <translation>Das Modell {0} ist unterwegs: {1} %</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Resume download</source>
        <translation>Laden fortsetzen</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Laden</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Download of {0}</source>
        <translation>{0} wird geladen</translation>
    </message>
    <message>
        <source>Built in</source>
        <translation>Eingebaut</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>Vorhanden</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Empfohlen</translation>
    </message>
    <message>
        <source>used by level {0}</source>
        <translation>benutzt von Stufe {0}</translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation>Wird geladen …</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
</context>
<context>
    <name>ModelDesk</name>
    <message>
        <source>{0} was added.</source>
        <translation>{0} wurde hinzugefügt.</translation>
    </message>
    <message>
        <source>{0} was removed.</source>
        <translation>{0} wurde entfernt.</translation>
    </message>
    <message>
        <source>{0} is ready.</source>
        <translation>{0} ist bereit.</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Add a GGUF file…</source>
        <translation>GGUF-Datei hinzufügen …</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelle</translation>
    </message>
    <message>
        <source>The model predicts the text; the better it predicts, the smaller the archive. Whoever unpacks an archive needs the same model; the archive says which.</source>
        <translation>Das Modell sagt den Text voraus; je besser, desto kleiner das Archiv. Wer ein Archiv entpackt, braucht dasselbe Modell; das Archiv sagt, welches.</translation>
    </message>
    <message>
        <source>Model of each level</source>
        <translation>Modell jeder Stufe</translation>
    </message>
    <message>
        <source>Model for level {0}</source>
        <translation>Modell für Stufe {0}</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>Modelle werden gesucht …</translation>
    </message>
    <message>
        <source>Remove {0} ({1})? Archives made with it cannot be unpacked without it.</source>
        <translation>{0} ({1}) entfernen? Damit gemachte Archive lassen sich ohne es nicht entpacken.</translation>
    </message>
    <message>
        <source>Best one installed</source>
        <translation>Das beste vorhandene</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Ein Modell hinzufügen</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>GGUF-Modelle (*.gguf)</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>left out: {0}: {1}</source>
        <translation>ausgelassen: {0}: {1}</translation>
    </message>
    <message>
        <source>not counted: {0}: {1}</source>
        <translation>nicht gezählt: {0}: {1}</translation>
    </message>
    <message>
        <source>{0} holds no files</source>
        <translation>{0} enthält keine Dateien</translation>
    </message>
    <message>
        <source>the GPU here has no room for this model, so it runs on the processor</source>
        <translation>die GPU hat keinen Platz für dieses Modell, es läuft auf dem Prozessor</translation>
    </message>
    <message>
        <source>there is no memory for the model {0} beside the first, which codes all</source>
        <translation>für das Modell {0} neben dem ersten reicht der Speicher nicht; das erste übernimmt alles</translation>
    </message>
    <message>
        <source>device {0} cannot take the model ({1}), so it is not used</source>
        <translation>Gerät {0} kann das Modell nicht aufnehmen ({1}) und wird deshalb nicht benutzt</translation>
    </message>
    <message>
        <source>device {0} failed ({1}), so the work goes on without it; the result is the same</source>
        <translation>Gerät {0} ist ausgefallen ({1}), deshalb geht es ohne es weiter; das Ergebnis ist dasselbe</translation>
    </message>
    <message>
        <source>level {0} would be better with a larger model</source>
        <translation>Stufe {0} wäre mit einem größeren Modell besser</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n job(s) done</source>
        <translation>
            <numerusform>%n Auftrag fertig</numerusform>
            <numerusform>%n Aufträge fertig</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fehlgeschlagen</numerusform>
            <numerusform>%n fehlgeschlagen</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Password of {0}</source>
        <translation>Passwort von {0}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Use it for the other archives of the queue too</source>
        <translation>Auch für die anderen Archive der Liste verwenden</translation>
    </message>
</context>
<context>
    <name>PasswordField</name>
    <message>
        <source>Hide the password</source>
        <translation>Passwort verbergen</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Passwort anzeigen</translation>
    </message>
</context>
<context>
    <name>QueueFooter</name>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Put back what was removed from the list</source>
        <translation>Zurückholen, was von der Liste entfernt wurde</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>Alle erneut versuchen</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>Fertige entfernen</translation>
    </message>
    <message>
        <source>Progress of all jobs</source>
        <translation>Fortschritt aller Aufträge</translation>
    </message>
    <message>
        <source>{0} of {1} done</source>
        <translation>{0} von {1} fertig</translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fehlgeschlagen</numerusform>
            <numerusform>%n fehlgeschlagen</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} saved</source>
        <translation>{0} gespart</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>angehalten</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
</context>
<context>
    <name>QueueOptions</name>
    <message>
        <source>The small built-in model: seconds</source>
        <translation>Das kleine eingebaute Modell: Sekunden</translation>
    </message>
    <message>
        <source>The best model for everyday use</source>
        <translation>Das beste Modell für jeden Tag</translation>
    </message>
    <message>
        <source>The largest model installed, long memory: slow, smallest result</source>
        <translation>Das größte vorhandene Modell, langes Gedächtnis: langsam, kleinstes Ergebnis</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Leave out files that cannot be read, and tell</source>
        <translation>Nicht lesbare Dateien auslassen und melden</translation>
    </message>
    <message>
        <source>Decode and compare every archive before it is put in place</source>
        <translation>Jedes Archiv entpacken und vergleichen, bevor es abgelegt wird</translation>
    </message>
    <message>
        <source>Seal with a password</source>
        <translation>Mit einem Passwort versiegeln</translation>
    </message>
    <message>
        <source>Seals what is added from now on. Without the password nobody can open it, not even you.</source>
        <translation>Versiegelt, was ab jetzt hinzukommt. Ohne das Passwort kann es niemand öffnen, auch Sie nicht.</translation>
    </message>
    <message>
        <source>More options for the queue</source>
        <translation>Weiteres zur Liste</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Sichern in</translation>
    </message>
    <message>
        <source>If the name is taken</source>
        <translation>Bei gleichem Namen</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Passwort</translation>
    </message>
    <message>
        <source>Empty: not sealed</source>
        <translation>Leer: nicht versiegelt</translation>
    </message>
    <message>
        <source>Password again</source>
        <translation>Passwort noch einmal</translation>
    </message>
    <message>
        <source>The same once more</source>
        <translation>Dasselbe noch einmal</translation>
    </message>
    <message>
        <source>The two passwords differ. Nothing can be added until they are the same.</source>
        <translation>Die beiden Passwörter sind verschieden. Bis sie gleich sind, kann nichts hinzugefügt werden.</translation>
    </message>
    <message>
        <source>{0} uses {1}.</source>
        <translation>{0} nutzt {1}.</translation>
    </message>
    <message>
        <source>{0} uses what suits each text: {1}.</source>
        <translation>{0} nutzt, was zum jeweiligen Text passt: {1}.</translation>
    </message>
    <message>
        <source>{0} uses the small built-in model until a larger one is downloaded: slower than Fast, and hardly smaller.</source>
        <translation>{0} nutzt das kleine eingebaute Modell, bis ein größeres geladen ist: langsamer als Schnell und kaum kleiner.</translation>
    </message>
    <message>
        <source>Computes on {0}.</source>
        <translation>Rechnet auf {0}.</translation>
    </message>
    <message>
        <source>Start as soon as something is added</source>
        <translation>Sofort beginnen, wenn etwas hinzukommt</translation>
    </message>
    <message>
        <source>Put everything added at once into one archive</source>
        <translation>Zusammen Hinzugefügtes in ein Archiv packen</translation>
    </message>
    <message>
        <source>Ask about one archive when many small files come at once</source>
        <translation>Bei vielen kleinen Dateien nach einem gemeinsamen Archiv fragen</translation>
    </message>
    <message>
        <source>Open the folder when all is done</source>
        <translation>Am Ende den Ordner öffnen</translation>
    </message>
    <message>
        <source>When all is done</source>
        <translation>Wenn alles fertig ist</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Close nacomp</source>
        <translation>nacomp schließen</translation>
    </message>
    <message>
        <source>Let the computer sleep</source>
        <translation>Computer in den Ruhezustand versetzen</translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message>
        <source>Compress</source>
        <translation>Packen</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Dateien wählen …</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Start</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Dateien hinzufügen</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Einen Ordner hinzufügen</translation>
    </message>
    <message>
        <source>{0} is an archive. What should happen with it?</source>
        <translation>{0} ist ein Archiv. Was soll damit geschehen?</translation>
    </message>
    <message numerus="yes">
        <source>%n archive(s) dropped. What should happen with them?</source>
        <translation>
            <numerusform>%n Archiv. Was soll damit geschehen?</numerusform>
            <numerusform>%n Archive. Was soll damit geschehen?</numerusform>
        </translation>
    </message>
    <message>
        <source>Extract</source>
        <translation>Entpacken</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>Hineinsehen</translation>
    </message>
    <message>
        <source>Much smaller archives with a model for what you have, downloaded once:</source>
        <translation>Viel kleinere Archive mit einem Modell für Ihre Texte, das einmal heruntergeladen wird:</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
</context>
<context>
    <name>Reasons</name>
    <message>
        <source>no such file or directory</source>
        <translation>Datei oder Ordner gibt es nicht</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>keine Berechtigung</translation>
    </message>
    <message>
        <source>operation not permitted</source>
        <translation>das ist nicht erlaubt</translation>
    </message>
    <message>
        <source>no space left on device</source>
        <translation>kein Platz mehr auf dem Datenträger</translation>
    </message>
    <message>
        <source>disk quota exceeded</source>
        <translation>das Speicherkontingent ist erschöpft</translation>
    </message>
    <message>
        <source>read-only file system</source>
        <translation>der Datenträger lässt nur Lesen zu</translation>
    </message>
    <message>
        <source>input/output error</source>
        <translation>Fehler beim Lesen oder Schreiben des Datenträgers</translation>
    </message>
    <message>
        <source>file name too long</source>
        <translation>der Dateiname ist zu lang</translation>
    </message>
    <message>
        <source>is a directory</source>
        <translation>ist ein Ordner</translation>
    </message>
    <message>
        <source>is a folder</source>
        <translation>ist ein Ordner</translation>
    </message>
    <message>
        <source>not a directory</source>
        <translation>ist kein Ordner</translation>
    </message>
    <message>
        <source>directory not empty</source>
        <translation>der Ordner ist nicht leer</translation>
    </message>
    <message>
        <source>device or resource busy</source>
        <translation>ist gerade in Benutzung</translation>
    </message>
    <message>
        <source>stale file handle</source>
        <translation>das Netzlaufwerk ist nicht mehr da</translation>
    </message>
    <message>
        <source>is neither a file, a folder nor a link</source>
        <translation>ist weder Datei noch Ordner noch Verknüpfung</translation>
    </message>
    <message>
        <source>is a link where the archive has a folder</source>
        <translation>ist eine Verknüpfung, wo das Archiv einen Ordner hat</translation>
    </message>
    <message>
        <source>was cut off while it was in use</source>
        <translation>wurde abgeschnitten, während es in Benutzung war</translation>
    </message>
    <message>
        <source>another job is writing this archive</source>
        <translation>ein anderer Auftrag schreibt dieses Archiv gerade</translation>
    </message>
    <message>
        <source>changed since it was archived, so it stays</source>
        <translation>hat sich seit dem Archivieren verändert und bleibt darum</translation>
    </message>
    <message>
        <source>holds what the system makes up as it is read, and no files</source>
        <translation>enthält, was das System beim Lesen erzeugt, und keine Dateien</translation>
    </message>
    <message>
        <source>changed while it was being read</source>
        <translation>änderte sich, während es gelesen wurde</translation>
    </message>
    <message>
        <source>is no plain file and is not replaced</source>
        <translation>ist keine gewöhnliche Datei und wird nicht ersetzt</translation>
    </message>
    <message>
        <source>its end is missing</source>
        <translation>sein Ende fehlt</translation>
    </message>
    <message>
        <source>its end is zeros, so it was never written whole</source>
        <translation>sein Ende besteht aus Nullen, es wurde also nie ganz geschrieben</translation>
    </message>
    <message>
        <source>its beginning is zeros, so it was never written whole</source>
        <translation>sein Anfang besteht aus Nullen, es wurde also nie ganz geschrieben</translation>
    </message>
    <message>
        <source>the end of its recovery data is missing</source>
        <translation>das Ende seiner Wiederherstellungsdaten fehlt</translation>
    </message>
    <message>
        <source>it is a web page, so a download gave something else than the archive</source>
        <translation>es ist eine Webseite; ein Download gab also etwas anderes als das Archiv</translation>
    </message>
    <message>
        <source>it was changed on its way as if it were text; transfer it once more, as binary</source>
        <translation>es wurde unterwegs wie Text verändert; übertragen Sie es noch einmal, als Binärdatei</translation>
    </message>
    <message>
        <source>its end is missing, or bytes were added behind it</source>
        <translation>sein Ende fehlt, oder dahinter kamen Bytes dazu</translation>
    </message>
    <message>
        <source>its end is missing or damaged, or bytes were added behind it</source>
        <translation>sein Ende fehlt oder ist beschädigt, oder dahinter kamen Bytes dazu</translation>
    </message>
    <message>
        <source>its checksum does not match</source>
        <translation>seine Prüfsumme stimmt nicht</translation>
    </message>
    <message>
        <source>the header&apos;s checksum does not match</source>
        <translation>die Prüfsumme des Kopfes stimmt nicht</translation>
    </message>
    <message>
        <source>the index&apos;s checksum does not match</source>
        <translation>die Prüfsumme des Verzeichnisses stimmt nicht</translation>
    </message>
    <message>
        <source>the decoded bytes&apos; checksum does not match</source>
        <translation>die Prüfsumme der entpackten Bytes stimmt nicht</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>die Datei ist leer</translation>
    </message>
    <message>
        <source>none was found</source>
        <translation>es wurden keine gefunden</translation>
    </message>
    <message>
        <source>nothing was left behind</source>
        <translation>nichts blieb zurück</translation>
    </message>
    <message>
        <source>there is not enough memory for this model and level</source>
        <translation>für dieses Modell und diese Stufe reicht der Speicher nicht</translation>
    </message>
    <message>
        <source>close other programs, or use a smaller model</source>
        <translation>schließen Sie andere Programme, oder nehmen Sie ein kleineres Modell</translation>
    </message>
    <message>
        <source>use a smaller model</source>
        <translation>nehmen Sie ein kleineres Modell</translation>
    </message>
    <message>
        <source>it is part of the application and cannot be removed</source>
        <translation>es gehört zur Anwendung und lässt sich nicht entfernen</translation>
    </message>
    <message>
        <source>an empty password protects nothing; give a longer one, or none</source>
        <translation>ein leeres Passwort schützt nichts; geben Sie ein längeres an oder keines</translation>
    </message>
    <message>
        <source>the names of its files are lost</source>
        <translation>die Namen seiner Dateien sind verloren</translation>
    </message>
    <message>
        <source>text file busy</source>
        <translation>wird gerade ausgeführt</translation>
    </message>
    <message>
        <source>file too large</source>
        <translation>Datei zu groß</translation>
    </message>
    <message>
        <source>too many open files</source>
        <translation>zu viele offene Dateien</translation>
    </message>
    <message>
        <source>no such device or address</source>
        <translation>kein solches Gerät oder keine solche Adresse</translation>
    </message>
    <message>
        <source>no such device</source>
        <translation>kein solches Gerät</translation>
    </message>
    <message>
        <source>connection timed out</source>
        <translation>Zeitüberschreitung der Verbindung</translation>
    </message>
    <message>
        <source>host is down</source>
        <translation>der Rechner ist nicht erreichbar</translation>
    </message>
    <message>
        <source>too many levels of symbolic links</source>
        <translation>zu viele Verknüpfungen hintereinander</translation>
    </message>
    <message>
        <source>invalid argument</source>
        <translation>ungültiger Wert</translation>
    </message>
    <message>
        <source>operation not supported</source>
        <translation>das wird hier nicht unterstützt</translation>
    </message>
    <message>
        <source>cannot allocate memory</source>
        <translation>kein freier Speicher</translation>
    </message>
    <message>
        <source>structure needs cleaning</source>
        <translation>das Dateisystem ist beschädigt</translation>
    </message>
    <message>
        <source>remote I/O error</source>
        <translation>Ein-/Ausgabefehler auf der Gegenseite</translation>
    </message>
    <message>
        <source>is a link that leads nowhere</source>
        <translation>ist eine Verknüpfung, die ins Leere führt</translation>
    </message>
    <message>
        <source>is one of the inputs, and would be replaced by its own archive</source>
        <translation>gehört zu den Eingaben und würde durch das eigene Archiv ersetzt</translation>
    </message>
    <message>
        <source>would be one file on this system</source>
        <translation>wären auf diesem System eine einzige Datei</translation>
    </message>
    <message>
        <source>what is finished is kept</source>
        <translation>Fertiges bleibt erhalten</translation>
    </message>
    <message>
        <source>there is no file to compress</source>
        <translation>es gibt keine Datei zum Komprimieren</translation>
    </message>
    <message>
        <source>the hub cannot be reached (is this machine online?)</source>
        <translation>die Quelle ist nicht erreichbar (ist dieser Rechner online?)</translation>
    </message>
    <message>
        <source>no Python with pip was found</source>
        <translation>es wurde kein Python mit pip gefunden</translation>
    </message>
    <message>
        <source>the index is cut off</source>
        <translation>das Verzeichnis ist abgeschnitten</translation>
    </message>
    <message>
        <source>the seal is cut off</source>
        <translation>das Siegel ist abgeschnitten</translation>
    </message>
    <message>
        <source>its header differs from what the index says</source>
        <translation>sein Kopf weicht vom Verzeichnis ab</translation>
    </message>
    <message>
        <source>all of it is lost</source>
        <translation>alles davon ist verloren</translation>
    </message>
    <message>
        <source>it predicted values that are not finite</source>
        <translation>es hat unendliche Werte vorhergesagt</translation>
    </message>
    <message>
        <source>its values overflow on this text</source>
        <translation>seine Werte laufen bei diesem Text über</translation>
    </message>
    <message>
        <source>it does not predict the next token</source>
        <translation>es sagt nicht das nächste Token vorher</translation>
    </message>
    <message>
        <source>it cannot be read</source>
        <translation>es kann nicht gelesen werden</translation>
    </message>
    <message>
        <source>{0} has {1} bytes, expected {2}</source>
        <translation>{0} hat {1} Bytes, erwartet waren {2}</translation>
    </message>
    <message>
        <source>two inputs would both be called {0}</source>
        <translation>zwei Eingaben hießen beide {0}</translation>
    </message>
    <message>
        <source>{0} in {1} files could not be saved</source>
        <translation>{0} in {1} Dateien konnten nicht gerettet werden</translation>
    </message>
    <message>
        <source>the names of its files are lost, and {0} blocks before the last one found</source>
        <translation>die Namen seiner Dateien sind verloren und {0} Blöcke vor dem letzten gefundenen</translation>
    </message>
    <message>
        <source>{0} blocks of another archive in it were left alone</source>
        <translation>{0} Blöcke eines anderen Archivs darin blieben unberührt</translation>
    </message>
    <message>
        <source>lies in {0}, which is one of the inputs</source>
        <translation>liegt in {0}, das zu den Eingaben gehört</translation>
    </message>
    <message>
        <source>{0} did not come back as it was (SHA-256)</source>
        <translation>{0} kam nicht unverändert zurück (SHA-256)</translation>
    </message>
    <message>
        <source>pip cannot find {0} (is this machine online, and does its package index have it?)</source>
        <translation>pip findet {0} nicht (ist dieser Rechner online, und führt sein Paketverzeichnis es?)</translation>
    </message>
</context>
<context>
    <name>RunningPlot</name>
    <message>
        <source>Bits per byte along the text, {0} on average</source>
        <translation>Bit je Byte entlang des Textes, im Mittel {0}</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>Packen</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Exakt</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Rechenwerk</translation>
    </message>
    <message>
        <source>Exact archives open on any machine; llama.cpp archives only where the same build runs.</source>
        <translation>Exakte Archive lassen sich überall entpacken; llama.cpp-Archive nur, wo derselbe Bau läuft.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Von selbst</translation>
    </message>
    <message>
        <source>Never changes the result.</source>
        <translation>Ändert nie das Ergebnis.</translation>
    </message>
    <message>
        <source>Recovery data (%)</source>
        <translation>Wiederherstellungsdaten (%)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Keine</translation>
    </message>
    <message>
        <source>An archive can be repaired while no more than this share of it is damaged. It grows by as much.</source>
        <translation>Ein Archiv lässt sich reparieren, solange höchstens dieser Anteil beschädigt ist. Um ebenso viel wächst es.</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Sichern in</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Auslassen</translation>
    </message>
    <message>
        <source>Patterns of names below folders, with a semicolon between them.</source>
        <translation>Muster für Namen unterhalb von Ordnern, durch Semikolon getrennt.</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Behalten</translation>
    </message>
    <message>
        <source>Move it to the trash</source>
        <translation>In den Papierkorb</translation>
    </message>
    <message>
        <source>The original afterwards</source>
        <translation>Das Original danach</translation>
    </message>
    <message>
        <source>Goes to the trash only after the archive was decoded again and every byte compared.</source>
        <translation>Kommt erst in den Papierkorb, wenn das Archiv wieder entpackt und jedes Byte verglichen ist.</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Liste</translation>
    </message>
    <message>
        <source>Jobs at the same time</source>
        <translation>Aufträge zugleich</translation>
    </message>
    <message>
        <source>Each job needs its own memory for the model.</source>
        <translation>Jeder Auftrag braucht eigenen Speicher für das Modell.</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Beide behalten</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>If a name is taken</source>
        <translation>Wenn ein Name vergeben ist</translation>
    </message>
    <message>
        <source>Start as soon as something is added</source>
        <translation>Sofort beginnen, wenn etwas hinzukommt</translation>
    </message>
    <message>
        <source>Ask before jobs that would take long</source>
        <translation>Vor langen Aufträgen fragen</translation>
    </message>
    <message>
        <source>Open the folder when all is done</source>
        <translation>Am Ende den Ordner öffnen</translation>
    </message>
    <message>
        <source>Notify me when a long queue has ended</source>
        <translation>Melden, wenn eine lange Liste fertig ist</translation>
    </message>
    <message>
        <source>Open the settings folder</source>
        <translation>Ordner der Einstellungen öffnen</translation>
    </message>
</context>
<context>
    <name>SurpriseChoices</name>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>The level&apos;s model</source>
        <translation>Modell der Stufe</translation>
    </message>
</context>
<context>
    <name>SurpriseFigures</name>
    <message>
        <source>Figures of the surprise map</source>
        <translation>Zahlen zu den Überraschungen</translation>
    </message>
    <message>
        <source>Tokens by bits</source>
        <translation>Tokens nach Bits</translation>
    </message>
    <message>
        <source>Bits per byte along the text</source>
        <translation>Bit je Byte entlang des Textes</translation>
    </message>
    <message>
        <source>{0} bits per byte</source>
        <translation>{0} Bit je Byte</translation>
    </message>
    <message>
        <source>{0} of text in {1} tokens cost {2}.</source>
        <translation>{0} Text in {1} Tokens kosten {2}.</translation>
    </message>
    <message>
        <source>Point at a word</source>
        <translation>Auf ein Wort zeigen</translation>
    </message>
    <message>
        <source>Its cost and what the model expected appear here.</source>
        <translation>Seine Kosten und was das Modell erwartete, erscheinen hier.</translation>
    </message>
    <message>
        <source>The model expected:</source>
        <translation>Das Modell erwartete:</translation>
    </message>
</context>
<context>
    <name>SurpriseMapDesk</name>
    <message>
        <source>{0} is a picture. A surprise map shows texts.</source>
        <translation>{0} ist ein Bild. Eine Überraschungskarte zeigt Texte.</translation>
    </message>
    <message>
        <source>There is no text in this file that the model could read.</source>
        <translation>In dieser Datei ist kein Text, den das Modell lesen könnte.</translation>
    </message>
</context>
<context>
    <name>SurpriseMapPage</name>
    <message>
        <source>Surprise map</source>
        <translation>Überraschungen</translation>
    </message>
    <message>
        <source>Open text…</source>
        <translation>Text öffnen …</translation>
    </message>
    <message>
        <source>Save as HTML…</source>
        <translation>Als HTML sichern …</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Als PNG sichern …</translation>
    </message>
    <message>
        <source>See what the model knew</source>
        <translation>Sehen, was das Modell wusste</translation>
    </message>
    <message>
        <source>Open or drop a text. Each piece of it is coloured by the bits that it costs: pale where the model expected it, red where it was surprised. The fewer bits a text costs, the smaller its archive.</source>
        <translation>Einen Text öffnen oder hierher ziehen. Jedes Stück wird nach den Bits gefärbt, die es kostet: blass, wo das Modell es erwartet hat, rot, wo es überrascht war. Je weniger Bits ein Text kostet, desto kleiner sein Archiv.</translation>
    </message>
    <message>
        <source>Computing the surprise map</source>
        <translation>Die Überraschungen werden berechnet</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>bits per token</source>
        <translation>Bit je Token</translation>
    </message>
    <message>
        <source>The model is reading {0}…</source>
        <translation>Das Modell liest {0} …</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
    <message>
        <source>Reading on: {0}%</source>
        <translation>Liest weiter: {0} %</translation>
    </message>
    <message>
        <source>{0} of {1}; scroll to the end for more</source>
        <translation>{0} von {1}; am Ende geht es weiter</translation>
    </message>
    <message>
        <source>Read by {0}</source>
        <translation>Gelesen von {0}</translation>
    </message>
    <message>
        <source>Open a text</source>
        <translation>Einen Text öffnen</translation>
    </message>
    <message>
        <source>Save the surprise map</source>
        <translation>Die Überraschungen sichern</translation>
    </message>
    <message>
        <source>{0} could not be saved: {1}</source>
        <translation>{0} ließ sich nicht sichern: {1}</translation>
    </message>
    <message>
        <source>Saved as {0}.</source>
        <translation>Gesichert als {0}.</translation>
    </message>
</context>
<context>
    <name>TokenView</name>
    <message>
        <source>Text coloured by surprise</source>
        <translation>Text, nach Überraschung gefärbt</translation>
    </message>
</context>
<context>
    <name>archive</name>
    <message>
        <source>zip or gzip</source>
        <translation>Zip oder Gzip</translation>
    </message>
    <message>
        <source>text in UTF-16 or UTF-32</source>
        <translation>Text in UTF-16 oder UTF-32</translation>
    </message>
    <message>
        <source>text in an older encoding</source>
        <translation>Text in älterer Kodierung</translation>
    </message>
    <message>
        <source>base64</source>
        <translation>Base64</translation>
    </message>
    <message>
        <source>hexadecimal digits</source>
        <translation>Hexadezimalziffern</translation>
    </message>
    <message>
        <source>mail text</source>
        <translation>E-Mail-Text</translation>
    </message>
    <message>
        <source>JPEG picture</source>
        <translation>JPEG-Bild</translation>
    </message>
    <message>
        <source>PNG picture</source>
        <translation>PNG-Bild</translation>
    </message>
    <message>
        <source>found inside: {0}</source>
        <translation>darin gefunden: {0}</translation>
    </message>
</context>
<context>
    <name>dangers</name>
    <message>
        <source>original to the trash</source>
        <translation>Original in den Papierkorb</translation>
    </message>
    <message>
        <source>replaces</source>
        <translation>ersetzt</translation>
    </message>
    <message>
        <source>llama.cpp only</source>
        <translation>nur llama.cpp</translation>
    </message>
    <message>
        <source>Originals go to the trash once their archive has been verified.</source>
        <translation>Originale kommen in den Papierkorb, sobald ihr Archiv geprüft ist.</translation>
    </message>
    <message>
        <source>A file that has the result&apos;s name is replaced.</source>
        <translation>Eine Datei, die wie das Ergebnis heißt, wird ersetzt.</translation>
    </message>
    <message>
        <source>Archives are not portable: only the same build of llama.cpp opens them.</source>
        <translation>Archive sind nicht übertragbar: Nur dieselbe llama.cpp-Version öffnet sie.</translation>
    </message>
</context>
<context>
    <name>devices</name>
    <message>
        <source>A graphics card is used where it is faster than the processor. Never changes the result.</source>
        <translation>Eine Grafikkarte rechnet, wo sie schneller ist als der Prozessor. Ändert nie das Ergebnis.</translation>
    </message>
    <message>
        <source>Measured here: {0} times as fast as the processor with a large model, {1} times with the built-in one.</source>
        <translation>Hier gemessen: {0}-mal so schnell wie der Prozessor mit einem großen Modell, {1}-mal mit dem eingebauten.</translation>
    </message>
</context>
<context>
    <name>levels</name>
    <message>
        <source>Fast</source>
        <translation>Schnell</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Ausgewogen</translation>
    </message>
    <message>
        <source>Smallest</source>
        <translation>Kleinste</translation>
    </message>
    <message>
        <source>{0}: about {1}, {2}</source>
        <translation>{0}: etwa {1}, {2}</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} und {1} weitere</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>etwa {0}</translation>
    </message>
    <message>
        <source>{0} to reach about {1}</source>
        <translation>{0} bis auf etwa {1}</translation>
    </message>
    <message>
        <source>That password does not open it.</source>
        <translation>Dieses Passwort öffnet es nicht.</translation>
    </message>
    <message>
        <source>This archive is sealed with a password.</source>
        <translation>Dieses Archiv ist mit einem Passwort versiegelt.</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Wird geschätzt</translation>
    </message>
    <message>
        <source>Would take long, waits for your choice</source>
        <translation>Würde lange dauern, wartet auf Ihre Wahl</translation>
    </message>
    <message>
        <source>with a password</source>
        <translation>mit Passwort</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Wird abgebrochen</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>Wird angehalten</translation>
    </message>
    <message>
        <source>Checking the result</source>
        <translation>Ergebnis wird geprüft</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Beginnt</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Modell wird geladen</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Wird gelesen</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} von {1}</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>noch {0}</translation>
    </message>
    <message>
        <source>{0} so far</source>
        <translation>bisher {0}</translation>
    </message>
    <message>
        <source>took {0}</source>
        <translation>dauerte {0}</translation>
    </message>
    <message>
        <source>Everything in it is intact</source>
        <translation>Alles darin ist unversehrt</translation>
    </message>
    <message>
        <source>Repaired; the damaged archive was kept</source>
        <translation>Repariert; das beschädigte Archiv wurde behalten</translation>
    </message>
    <message>
        <source>Salvaged what is intact</source>
        <translation>Unversehrtes geborgen</translation>
    </message>
    <message>
        <source>to {0}</source>
        <translation>nach {0}</translation>
    </message>
    <message>
        <source>Extracted</source>
        <translation>Entpackt</translation>
    </message>
    <message>
        <source>It failed, and the worker did not say why.</source>
        <translation>Es ist fehlgeschlagen, ohne dass ein Grund genannt wurde.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind</source>
        <translation>Abgebrochen; nichts blieb zurück</translation>
    </message>
    <message>
        <source>Skipped: there is a file of that name already</source>
        <translation>Übersprungen: eine Datei dieses Namens gibt es schon</translation>
    </message>
</context>
<context>
    <name>wording</name>
    <message>
        <source>{0} s</source>
        <translation>{0} s</translation>
    </message>
    <message>
        <source>{0} min {1} s</source>
        <translation>{0} min {1} s</translation>
    </message>
    <message>
        <source>{0} min</source>
        <translation>{0} min</translation>
    </message>
    <message>
        <source>{0} h {1} min</source>
        <translation>{0} h {1} min</translation>
    </message>
    <message>
        <source>{0} h</source>
        <translation>{0} h</translation>
    </message>
    <message>
        <source>English and code</source>
        <translation>Englisch und Code</translation>
    </message>
    <message>
        <source>World languages</source>
        <translation>Sprachen der Welt</translation>
    </message>
    <message>
        <source>{0} days</source>
        <translation>{0} Tage</translation>
    </message>
    <message>
        <source>nothing to gain</source>
        <translation>nichts zu gewinnen</translation>
    </message>
    <message>
        <source>{0} times smaller</source>
        <translation>{0}-mal kleiner</translation>
    </message>
    <message>
        <source>{0}% smaller</source>
        <translation>{0} % kleiner</translation>
    </message>
    <message>
        <source>not smaller: too little to gain from</source>
        <translation>nicht kleiner: zu wenig, um daran zu sparen</translation>
    </message>
    <message>
        <source>not smaller: already dense</source>
        <translation>nicht kleiner: schon dicht</translation>
    </message>
    <message>
        <source>{0} became {1}</source>
        <translation>aus {0} wurden {1}</translation>
    </message>
    <message>
        <source>{0} bits</source>
        <translation>{0} Bit</translation>
    </message>
    <message>
        <source>{0}% likely</source>
        <translation>zu {0} % erwartet</translation>
    </message>
    <message>
        <source>1 in {0}</source>
        <translation>1 zu {0}</translation>
    </message>
</context>
<context>
    <name>worker</name>
    <message>
        <source>The worker could not be started: {0}</source>
        <translation>Der Arbeitsprozess ließ sich nicht starten: {0}</translation>
    </message>
    <message>
        <source>The worker process was ended from outside or crashed (out of memory is the usual reason); your files are untouched. You can try again.</source>
        <translation>Der Arbeitsprozess wurde von außen beendet oder ist abgestürzt (meist war der Speicher zu klein); Ihre Dateien sind unberührt. Sie können es noch einmal versuchen.</translation>
    </message>
    <message>
        <source>The worker&apos;s answer could not be read.</source>
        <translation>Die Antwort des Arbeitsprozesses war nicht lesbar.</translation>
    </message>
    <message>
        <source>The worker stopped with code {0}.</source>
        <translation>Der Arbeitsprozess endete mit Code {0}.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {0}</source>
        <translation>Etwas Unerwartetes ist schiefgegangen: {0}</translation>
    </message>
</context>
</TS>

<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="es" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About nacomp</source>
        <translation>Acerca de nacomp</translation>
    </message>
    <message>
        <source>Files become smaller because a language model foresees them.</source>
        <translation>Los archivos se reducen porque un modelo de lenguaje los prevé.</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>Licencias</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Start anyway</source>
        <translation>Empezar de todos modos</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Continuar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Reintentar</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparar</translation>
    </message>
    <message>
        <source>Salvage</source>
        <translation>Rescatar</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Conservar ambos</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Reemplazar</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Omitir</translation>
    </message>
    <message>
        <source>Cancel the job</source>
        <translation>Cancelar la tarea</translation>
    </message>
    <message>
        <source>Salvage what is intact</source>
        <translation>Rescatar lo intacto</translation>
    </message>
    <message>
        <source>Download the model it needs</source>
        <translation>Descargar el modelo que necesita</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>Mostrar en la carpeta</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>Quitar de la lista</translation>
    </message>
    <message>
        <source>Repair the archive</source>
        <translation>Reparar el archivo</translation>
    </message>
</context>
<context>
    <name>Adding</name>
    <message>
        <source>Type the same password twice, or show it; then add the files again. Nothing was added.</source>
        <translation>Escribe dos veces la misma contraseña, o muéstrala, y añade de nuevo los ficheros. No se ha añadido nada.</translation>
    </message>
</context>
<context>
    <name>AddingQuestions</name>
    <message numerus="yes">
        <source>%n small file(s): one archive for all of them, or one each?</source>
        <translation>
            <numerusform>%n fichero pequeño: ¿uno para todos o por separado?</numerusform>
            <numerusform>%n ficheros pequeños: ¿uno para todos o por separado?</numerusform>
        </translation>
    </message>
    <message>
        <source>One archive</source>
        <translation>Un solo archivo</translation>
    </message>
    <message>
        <source>One each</source>
        <translation>Por separado</translation>
    </message>
    <message>
        <source>Always one each</source>
        <translation>Siempre por separado</translation>
    </message>
</context>
<context>
    <name>ArchiveNameDialog</name>
    <message>
        <source>Name of the archive</source>
        <translation>Nombre del archivo</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>Aceptar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>What should the archive be called?</source>
        <translation>¿Cómo debe llamarse el archivo?</translation>
    </message>
</context>
<context>
    <name>ArchivePage</name>
    <message>
        <source>Look inside an archive</source>
        <translation>Mirar dentro de un archivo</translation>
    </message>
    <message>
        <source>Open or drop a .nac file to see what it holds, to read its texts without unpacking, and to extract all or some of it.</source>
        <translation>Abre o suelta un fichero .nac para ver qué contiene, leer sus textos sin descomprimir y extraer todo o solo una parte.</translation>
    </message>
    <message>
        <source>Open archive…</source>
        <translation>Abrir archivo…</translation>
    </message>
    <message>
        <source>Recent archives</source>
        <translation>Archivos recientes</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>Open…</source>
        <translation>Abrir…</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>Decode everything and check every byte, without writing anything</source>
        <translation>Descomprimir todo y comprobar cada byte, sin escribir nada</translation>
    </message>
    <message>
        <source>Extract to…</source>
        <translation>Extraer en…</translation>
    </message>
    <message>
        <source>Extract all</source>
        <translation>Extraer todo</translation>
    </message>
    <message>
        <source>Reading the archive…</source>
        <translation>Leyendo el archivo…</translation>
    </message>
    <message numerus="yes">
        <source>%n file(s)</source>
        <translation>
            <numerusform>%n fichero</numerusform>
            <numerusform>%n ficheros</numerusform>
        </translation>
    </message>
    <message>
        <source>The end of an update is missing: this is the state before it. If this is a copy, copy it again.</source>
        <translation>Falta el final de una actualización: este es el estado anterior. Si es una copia, cópiela de nuevo.</translation>
    </message>
    <message>
        <source>The model {0} is on its way: {1}%</source>
        <translation>El modelo {0} está en camino: {1} %</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Needs no language model: packed with classical codecs.</source>
        <translation>No necesita modelo de lenguaje: comprimido con métodos clásicos.</translation>
    </message>
    <message>
        <source>opens on every machine that has these models</source>
        <translation>se abre en cualquier ordenador que tenga estos modelos</translation>
    </message>
    <message>
        <source>Packed with the built-in model</source>
        <translation>Comprimido con el modelo incluido</translation>
    </message>
    <message>
        <source>opens on every machine</source>
        <translation>se abre en cualquier ordenador</translation>
    </message>
    <message>
        <source>Packed with {0}</source>
        <translation>Comprimido con {0}</translation>
    </message>
    <message>
        <source>{0} bits per byte</source>
        <translation>{0} bits por byte</translation>
    </message>
    <message>
        <source>opens on every machine that has this model</source>
        <translation>se abre en cualquier ordenador que tenga este modelo</translation>
    </message>
    <message>
        <source>opens only with the same build of llama.cpp</source>
        <translation>solo se abre con la misma versión compilada de llama.cpp</translation>
    </message>
    <message>
        <source>Repair</source>
        <translation>Reparar</translation>
    </message>
    <message>
        <source>Salvage what is intact</source>
        <translation>Rescatar lo intacto</translation>
    </message>
    <message>
        <source>Open an archive</source>
        <translation>Abrir un archivo</translation>
    </message>
    <message>
        <source>nacomp archives (*.nac)</source>
        <translation>Archivos nacomp (*.nac)</translation>
    </message>
    <message>
        <source>Extract the selected entries to</source>
        <translation>Extraer los elementos elegidos en</translation>
    </message>
    <message>
        <source>Extract all to</source>
        <translation>Extraer todo en</translation>
    </message>
    <message>
        <source>Extract selected to…</source>
        <translation>Extraer selección…</translation>
    </message>
    <message>
        <source>{0} may be a program. Extract it if you trust it.</source>
        <translation>{0} puede ser un programa. Extráigalo si confía en él.</translation>
    </message>
    <message>
        <source>Getting it ready to be opened…</source>
        <translation>Preparándolo para abrirlo…</translation>
    </message>
    <message>
        <source>The system has no program to open {0} with.</source>
        <translation>El sistema no tiene ningún programa para abrir {0}.</translation>
    </message>
    <message>
        <source>Getting it ready to be dragged out…</source>
        <translation>Preparándolo para arrastrarlo fuera…</translation>
    </message>
    <message>
        <source>Ready: drag it now.</source>
        <translation>Listo: arrástralo ahora.</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Close this message</source>
        <translation>Cerrar este mensaje</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>Comes with nacomp: small, quick, at once at hand.</source>
        <translation>Incluido en nacomp: pequeño, rápido, siempre a mano.</translation>
    </message>
    <message>
        <source>Much smaller archives than with the built-in model, and slower. Comes as a Python package.</source>
        <translation>Archivos mucho más pequeños que con el modelo incluido, y más lento. Llega como paquete de Python.</translation>
    </message>
    <message>
        <source>About 15% smaller archives of prose than with the instruct model.</source>
        <translation>Archivos de prosa cerca de un 15 % más pequeños que con el modelo instruct.</translation>
    </message>
    <message>
        <source>Another 13% smaller, and nearly three times the work.</source>
        <translation>Otro 13 % más pequeño, con casi el triple de trabajo.</translation>
    </message>
    <message>
        <source>Far smaller archives of text that is not English, beside SmolLM2 for the rest. Slower than SmolLM2 135M. Its terms: ai.google.dev/gemma/terms</source>
        <translation>Archivos mucho más pequeños de textos que no están en inglés, junto a SmolLM2 para el resto. Más lento que SmolLM2 135M. Sus condiciones: ai.google.dev/gemma/terms</translation>
    </message>
</context>
<context>
    <name>CompareChart</name>
    <message>
        <source>Sizes compared: {0}</source>
        <translation>Tamaños comparados: {0}</translation>
    </message>
</context>
<context>
    <name>Destination</name>
    <message>
        <source>Beside the original</source>
        <translation>Junto al original</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Elegir carpeta…</translation>
    </message>
    <message>
        <source>Save results to</source>
        <translation>Guardar los resultados en</translation>
    </message>
</context>
<context>
    <name>DeviceChoice</name>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
    <message>
        <source>Processor</source>
        <translation>Procesador</translation>
    </message>
</context>
<context>
    <name>DropArea</name>
    <message>
        <source>Drop files or folders here</source>
        <translation>Suelta aquí ficheros o carpetas</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Ficheros…</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Carpeta…</translation>
    </message>
    <message>
        <source>Text, code and documents become several times smaller. Anything else becomes at least as small as with xz. Drop a .nac archive to look inside or get your files back.</source>
        <translation>Los textos, el código y los documentos quedan varias veces más pequeños. Todo lo demás queda al menos tan pequeño como con xz. Suelta un archivo .nac para mirar dentro o recuperar tus ficheros.</translation>
    </message>
</context>
<context>
    <name>EntryBrowser</name>
    <message>
        <source>Entries of the archive</source>
        <translation>Contenido del archivo</translation>
    </message>
    <message>
        <source>Find in the archive</source>
        <translation>Buscar en el archivo</translation>
    </message>
    <message>
        <source>Preview of the selected entry</source>
        <translation>Vista previa del elemento elegido</translation>
    </message>
    <message>
        <source>Decoding the beginning…</source>
        <translation>Descomprimiendo el comienzo…</translation>
    </message>
    <message>
        <source>Select a text to read its beginning here. Drag entries out of the window to extract them.</source>
        <translation>Elige un texto para leer aquí su comienzo. Arrastra elementos fuera de la ventana para extraerlos.</translation>
    </message>
    <message>
        <source>This picture cannot be shown here. Extract it to open it.</source>
        <translation>Esta imagen no se puede mostrar aquí. Extráela para abrirla.</translation>
    </message>
    <message>
        <source>Not a text, so there is nothing to show here. Extract it to open it.</source>
        <translation>No es un texto, así que no hay nada que mostrar. Extráelo para abrirlo.</translation>
    </message>
</context>
<context>
    <name>EntryModel</name>
    <message>
        <source>Name</source>
        <translation>Nombre</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Packed</source>
        <translation>Comprimido</translation>
    </message>
    <message>
        <source>Ratio</source>
        <translation>Proporción</translation>
    </message>
    <message>
        <source>Found inside</source>
        <translation>Encontrado dentro</translation>
    </message>
    <message>
        <source>Modified</source>
        <translation>Modificado</translation>
    </message>
    <message numerus="yes">
        <source>%n part(s)</source>
        <translation>
            <numerusform>%n parte</numerusform>
            <numerusform>%n partes</numerusform>
        </translation>
    </message>
    <message>
        <source>Type</source>
        <translation>Tipo</translation>
    </message>
    <message>
        <source>Its share of the archive; files that were packed together share by their size</source>
        <translation>Su parte del archivo; los ficheros comprimidos juntos la reparten según su tamaño</translation>
    </message>
    <message>
        <source>How many bytes have become one</source>
        <translation>Cuántos bytes se han convertido en uno</translation>
    </message>
    <message>
        <source>Parts of the file that were opened, so that what is in them is packed by itself</source>
        <translation>Partes del fichero que se han abierto para comprimir por separado lo que contienen</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Carpeta</translation>
    </message>
    <message>
        <source>Link</source>
        <translation>Enlace</translation>
    </message>
</context>
<context>
    <name>EntryTree</name>
    <message>
        <source>Columns</source>
        <translation>Columnas</translation>
    </message>
    <message>
        <source>As many as there is room for</source>
        <translation>Tantas como quepan</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Extract to…</source>
        <translation>Extraer en…</translation>
    </message>
    <message>
        <source>Copy path</source>
        <translation>Copiar la ruta</translation>
    </message>
</context>
<context>
    <name>Errors</name>
    <message>
        <source>The archive is damaged beyond what its recovery data can repair: {reason}.</source>
        <translation>El archivo está más dañado de lo que sus datos de recuperación pueden reparar: {reason}.</translation>
    </message>
    <message>
        <source>{path} is damaged: {what}.</source>
        <translation>{path} está dañado: {what}.</translation>
    </message>
    <message>
        <source>The archive is damaged or not a nacomp archive: {reason}.</source>
        <translation>El archivo está dañado o no es un archivo de nacomp: {reason}.</translation>
    </message>
    <message>
        <source>Block {number} of the archive is damaged: {reason}.</source>
        <translation>El bloque {number} del archivo está dañado: {reason}.</translation>
    </message>
    <message>
        <source>The device {device} was asked for and cannot be used: {reason}.</source>
        <translation>Se pidió el dispositivo {device} y no se puede usar: {reason}.</translation>
    </message>
    <message>
        <source>The model {model} could not be downloaded: {reason}.</source>
        <translation>No se pudo descargar el modelo {model}: {reason}; un nuevo intento continúa desde ahí.</translation>
    </message>
    <message>
        <source>There is no entry {path} in this archive.</source>
        <translation>En este archivo no hay ninguna entrada {path}.</translation>
    </message>
    <message>
        <source>{feature} needs an optional part of nacomp; install it with: pip install &apos;nacomp[{extra}]&apos;</source>
        <translation>{feature} necesita un complemento de nacomp; se instala con: pip install &apos;nacomp[{extra}]&apos;</translation>
    </message>
    <message>
        <source>{path} changed while it was being read, so nothing was written; compress it again when it is at rest.</source>
        <translation>{path} cambió mientras se leía, así que no se escribió nada; comprímelo de nuevo cuando nadie lo esté modificando.</translation>
    </message>
    <message>
        <source>{path}: {reason}.</source>
        <translation>{path}: {reason}.</translation>
    </message>
    <message>
        <source>This archive was written by a llama.cpp engine that differs from this one ({differences}); its floats would not repeat, so it is refused.</source>
        <translation>Este archivo lo escribió un llama.cpp distinto del de aquí ({differences}); sus números de coma flotante no se repetirían, por eso se rechaza.</translation>
    </message>
    <message>
        <source>The GPUs here have room for {room} copies of this model, {wanted} were asked for.</source>
        <translation>Las GPU de aquí tienen sitio para {room} copias de este modelo y se pidieron {wanted}.</translation>
    </message>
    <message>
        <source>The file for model {model} has SHA-256 {actual}, expected {expected}; nothing was kept.</source>
        <translation>El fichero del modelo {model} tiene el SHA-256 {actual} y se esperaba {expected}; no se conservó nada.</translation>
    </message>
    <message>
        <source>Stopped on request; {left}.</source>
        <translation>Detenido a petición; {left}.</translation>
    </message>
    <message>
        <source>The kernel {kernel} was asked for and cannot run here ({reason}); available: {available}.</source>
        <translation>Se pidió el núcleo {kernel}, que no funciona aquí ({reason}); disponibles: {available}.</translation>
    </message>
    <message>
        <source>The archive asks for {asked} where the limit is {limit}; it may be hostile ({what}).</source>
        <translation>El archivo pide {asked} y el límite es {limit}; puede ser malicioso ({what}).</translation>
    </message>
    <message>
        <source>The file object that was handed over is no file of bytes: {reason}.</source>
        <translation>El objeto de archivo entregado no es un archivo de bytes: {reason}.</translation>
    </message>
    <message>
        <source>The model {model} cannot be used: {reason}.</source>
        <translation>El modelo {model} no se puede usar: {reason}.</translation>
    </message>
    <message>
        <source>Other software in this process changed its arithmetic: it {fault}, and archives would decode nowhere else.</source>
        <translation>Otro software de este proceso cambió su aritmética ({fault}); los archivos no podrían descomprimirse en ningún otro sitio.</translation>
    </message>
    <message>
        <source>The model {model} is not on this machine.</source>
        <translation>El modelo {model} no está en este equipo; la página Modelos muestra los que se pueden obtener.</translation>
    </message>
    <message>
        <source>The models {models} are not on this machine.</source>
        <translation>Los modelos {models} no están en este equipo; la página Modelos muestra los que se pueden obtener.</translation>
    </message>
    <message>
        <source>There is no home folder that models could be kept in; name a folder in NACOMP_HOME.</source>
        <translation>No hay carpeta personal donde guardar modelos; indique una carpeta en NACOMP_HOME.</translation>
    </message>
    <message>
        <source>The archive cannot be repaired: it has no usable recovery data ({reason}).</source>
        <translation>El archivo no se puede reparar: no tiene datos de recuperación utilizables ({reason}).</translation>
    </message>
    <message>
        <source>This needs at least {needed_mb:,} MB of memory and {free_mb:,} MB are free; {advice}.</source>
        <translation>Esto necesita al menos {needed_mb:,} MB de memoria y hay {free_mb:,} MB libres; {advice}.</translation>
    </message>
    <message>
        <source>The archive is in its place, but not all inputs could be read; left out: {count}.</source>
        <translation>El archivo comprimido está en su sitio, pero no todo se pudo leer; omitidas: {count}.</translation>
    </message>
    <message>
        <source>{path} exists already.</source>
        <translation>{path} ya existe.</translation>
    </message>
    <message>
        <source>{failed} of {total} inputs failed.</source>
        <translation>Fallaron {failed} de {total}.</translation>
    </message>
    <message>
        <source>The path {path} cannot be in an archive: {reason}.</source>
        <translation>La ruta {path} no puede estar en un archivo: {reason}.</translation>
    </message>
    <message>
        <source>This archive needs {needed}, which this version of nacomp does not know; a newer release may.</source>
        <translation>Este archivo necesita {needed}, que esta versión de nacomp no conoce; quizá una más nueva sí.</translation>
    </message>
    <message>
        <source>The model file {model} cannot be used by the {engine} engine: {reason}.</source>
        <translation>El motor {engine} no puede usar el fichero de modelo {model}: {reason}.</translation>
    </message>
    <message>
        <source>{reason}.</source>
        <translation>{reason}.</translation>
    </message>
    <message>
        <source>The written archive did not decode to its source ({path}); it was removed and the source kept.</source>
        <translation>El archivo escrito no se descomprimió en su original ({path}); se eliminó y el original se conserva.</translation>
    </message>
    <message>
        <source>The archive is damaged or not a nacomp archive.</source>
        <translation>El archivo comprimido está dañado o no es de nacomp.</translation>
    </message>
    <message>
        <source>Block {number} of the archive is damaged.</source>
        <translation>El bloque {number} del archivo comprimido está dañado.</translation>
    </message>
    <message>
        <source>The archive cannot be repaired: it has no usable recovery data.</source>
        <translation>El archivo comprimido no se puede reparar: no tiene datos de recuperación utilizables.</translation>
    </message>
    <message>
        <source>The archive is damaged beyond what its recovery data can repair.</source>
        <translation>El archivo comprimido está más dañado de lo que sus datos de recuperación pueden reparar.</translation>
    </message>
    <message>
        <source>This archive needs a newer nacomp: it was written in a way that this one does not know.</source>
        <translation>Este archivo comprimido necesita un nacomp más reciente: se escribió de un modo que este no conoce.</translation>
    </message>
    <message>
        <source>This archive asks for more memory, room or work than is safe; it may be hostile.</source>
        <translation>Este archivo comprimido pide más memoria, espacio o trabajo de lo que es seguro; puede ser malicioso.</translation>
    </message>
    <message>
        <source>The path {path} cannot be in an archive.</source>
        <translation>La ruta {path} no puede estar en un archivo comprimido.</translation>
    </message>
    <message>
        <source>A part of {path} is lost; the rest is saved.</source>
        <translation>Una parte de {path} se ha perdido; el resto está a salvo.</translation>
    </message>
    <message>
        <source>{path} cannot be used.</source>
        <translation>{path} no se puede usar.</translation>
    </message>
    <message>
        <source>That cannot be done in this way.</source>
        <translation>Eso no se puede hacer de este modo.</translation>
    </message>
    <message>
        <source>The model {model} cannot be used.</source>
        <translation>El modelo {model} no se puede usar.</translation>
    </message>
    <message>
        <source>The model {model} could not be downloaded.</source>
        <translation>No se pudo descargar el modelo {model}.</translation>
    </message>
    <message>
        <source>The file for the model {model} is not the one that was expected; nothing was kept.</source>
        <translation>El archivo del modelo {model} no es el que se esperaba; no se conservó nada.</translation>
    </message>
    <message>
        <source>There is no home folder that models could be kept in.</source>
        <translation>No hay carpeta personal en la que guardar modelos.</translation>
    </message>
    <message>
        <source>The way of computing that was asked for is not available on this machine.</source>
        <translation>La forma de cálculo pedida no está disponible en este equipo.</translation>
    </message>
    <message>
        <source>The graphics card that was asked for cannot be used here.</source>
        <translation>La tarjeta gráfica que se pidió no se puede usar aquí.</translation>
    </message>
    <message>
        <source>Other software in this process changed its arithmetic, and archives would decode nowhere else.</source>
        <translation>Otro programa de este proceso cambió su aritmética, y los archivos no se podrían descomprimir en ningún otro sitio.</translation>
    </message>
    <message>
        <source>This needs an optional part of nacomp that is not installed here.</source>
        <translation>Esto necesita una parte opcional de nacomp que no está instalada aquí.</translation>
    </message>
    <message>
        <source>This archive was written by another llama.cpp than the one here; only that one can read it.</source>
        <translation>Este archivo comprimido lo escribió otro llama.cpp distinto del de aquí; solo aquel puede leerlo.</translation>
    </message>
</context>
<context>
    <name>Histogram</name>
    <message>
        <source>Tokens by bits: {0}</source>
        <translation>Tokens por bits: {0}</translation>
    </message>
</context>
<context>
    <name>JobDetails</name>
    <message>
        <source>Details of the selected job</source>
        <translation>Detalles de la tarea elegida</translation>
    </message>
    <message>
        <source>Job</source>
        <translation>Tarea</translation>
    </message>
    <message>
        <source>Back to the queue</source>
        <translation>Volver a la lista</translation>
    </message>
    <message>
        <source>Progress of this job</source>
        <translation>Progreso de esta tarea</translation>
    </message>
    <message>
        <source>Compared with classical codecs</source>
        <translation>Comparado con métodos clásicos</translation>
    </message>
    <message>
        <source>Compare with zip, zstd and xz</source>
        <translation>Comparar con zip, zstd y xz</translation>
    </message>
    <message>
        <source>From</source>
        <translation>De</translation>
    </message>
    <message>
        <source>And</source>
        <translation>Y</translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation>
            <numerusform>%n más</numerusform>
            <numerusform>%n más</numerusform>
        </translation>
    </message>
    <message>
        <source>To</source>
        <translation>A</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Tamaño</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Ficheros</translation>
    </message>
    <message>
        <source>Compressed</source>
        <translation>Comprimido</translation>
    </message>
    <message>
        <source>Bits per byte</source>
        <translation>Bits por byte</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>Nota</translation>
    </message>
    <message>
        <source>Technical</source>
        <translation>Técnico</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>Mirar dentro</translation>
    </message>
    <message>
        <source>Packs the same files with zip, zstd and xz at their strongest, without keeping the result.</source>
        <translation>Comprime los mismos ficheros con zip, zstd y xz al máximo, sin guardar el resultado.</translation>
    </message>
    <message>
        <source>Packing with zip, zstd and xz…</source>
        <translation>Comprimiendo con zip, zstd y xz…</translation>
    </message>
    <message>
        <source>Same files, strongest settings. Shorter is better.</source>
        <translation>Los mismos ficheros, al máximo. Cuanto más corto, mejor.</translation>
    </message>
    <message>
        <source>The source files are no longer there to compare with.</source>
        <translation>Los originales ya no están para comparar.</translation>
    </message>
</context>
<context>
    <name>JobList</name>
    <message>
        <source>Queue of jobs</source>
        <translation>Lista de tareas</translation>
    </message>
    <message>
        <source>Cancel {0}?</source>
        <translation>¿Cancelar {0}?</translation>
    </message>
    <message>
        <source>The work of {0} would be lost.</source>
        <translation>Se perdería el trabajo de {0}.</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Seguir trabajando</translation>
    </message>
    <message>
        <source>Put back what was removed</source>
        <translation>Recuperar lo quitado</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>Subir</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>Bajar</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Detalles</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>If the name is taken</source>
        <translation>Si el nombre ya existe</translation>
    </message>
    <message>
        <source>Name of the archive…</source>
        <translation>Nombre del archivo…</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Guardar en</translation>
    </message>
    <message>
        <source>Beside the original</source>
        <translation>Junto al original</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Elegir una carpeta…</translation>
    </message>
    <message>
        <source>Save results to</source>
        <translation>Guardar los resultados en</translation>
    </message>
</context>
<context>
    <name>Keys</name>
    <message>
        <source>Add files</source>
        <translation>Añadir archivos</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Añadir una carpeta</translation>
    </message>
    <message>
        <source>Add the files of the clipboard</source>
        <translation>Añadir los archivos del portapapeles</translation>
    </message>
    <message>
        <source>Find in the open archive</source>
        <translation>Buscar en el archivo comprimido abierto</translation>
    </message>
    <message>
        <source>Pause or go on with the selected jobs</source>
        <translation>Pausar o continuar los trabajos seleccionados</translation>
    </message>
    <message>
        <source>Cancel or remove the selected jobs</source>
        <translation>Cancelar o quitar los trabajos seleccionados</translation>
    </message>
    <message>
        <source>Try failed jobs again</source>
        <translation>Reintentar los trabajos fallidos</translation>
    </message>
    <message>
        <source>Move the selected jobs</source>
        <translation>Mover los trabajos seleccionados</translation>
    </message>
    <message>
        <source>Details of a job</source>
        <translation>Detalles de un trabajo</translation>
    </message>
    <message>
        <source>Back from the details</source>
        <translation>Volver de los detalles</translation>
    </message>
    <message>
        <source>The pages</source>
        <translation>Las páginas</translation>
    </message>
</context>
<context>
    <name>Legend</name>
    <message>
        <source>Colour scale from 0 to 16 bits</source>
        <translation>Escala de color de 0 a 16 bits</translation>
    </message>
</context>
<context>
    <name>LongJobQuestions</name>
    <message>
        <source>{0} would take about {1} at level {2}, and reach about {3}.</source>
        <translation>{0} tardaría unos {1} en el nivel {2} y quedaría en unos {3}.</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) would take about {0} in all, and reach about {1}.</source>
        <translation>
            <numerusform>%n tarea tardaría unos {0} en total y quedaría en unos {1}.</numerusform>
            <numerusform>%n tareas tardarían unos {0} en total y quedarían en unos {1}.</numerusform>
        </translation>
    </message>
    <message>
        <source>Start all anyway</source>
        <translation>Iniciar todos de todos modos</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Compress</source>
        <translation>Comprimir</translation>
    </message>
    <message>
        <source>Archive</source>
        <translation>Archivo</translation>
    </message>
    <message>
        <source>Surprise map</source>
        <translation>Mapa de sorpresa</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>About and help</source>
        <translation>Acerca de y ayuda</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {0}</source>
        <translation>Algo inesperado ha fallado: {0}</translation>
    </message>
    <message>
        <source>{0} cannot be used now, so nacomp chooses where to compute. Results stay the same.</source>
        <translation>{0} no se puede usar ahora, así que nacomp elige dónde calcular. Los resultados son los mismos.</translation>
    </message>
    <message>
        <source>There are no files in the clipboard.</source>
        <translation>No hay ficheros en el portapapeles.</translation>
    </message>
    <message>
        <source>Work is going on</source>
        <translation>Hay trabajo en curso</translation>
    </message>
    <message>
        <source>A job is still running. Stop it and close?</source>
        <translation>Una tarea sigue en marcha. ¿Detenerla y cerrar?</translation>
    </message>
    <message>
        <source>Unfinished output is removed; the job waits in the queue when nacomp starts again.</source>
        <translation>Lo inacabado se elimina; el trabajo espera en la cola cuando nacomp vuelva a abrirse.</translation>
    </message>
    <message>
        <source>Passwords are not kept</source>
        <translation>Las contraseñas no se guardan</translation>
    </message>
    <message numerus="yes">
        <source>%n job(s) with a password wait in the queue. Close and forget them?</source>
        <translation>
            <numerusform>%n trabajo con contraseña está en espera. ¿Cerrar y olvidarlo?</numerusform>
            <numerusform>%n trabajos con contraseña están en espera. ¿Cerrar y olvidarlos?</numerusform>
        </translation>
    </message>
    <message>
        <source>Your files stay as they are.</source>
        <translation>Tus ficheros quedan como están.</translation>
    </message>
    <message>
        <source>Keep working</source>
        <translation>Seguir trabajando</translation>
    </message>
    <message>
        <source>Stop and close</source>
        <translation>Detener y cerrar</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Cerrar</translation>
    </message>
</context>
<context>
    <name>MissingModels</name>
    <message>
        <source>The model {0} is on its way</source>
        <translation>El modelo {0} está en camino</translation>
    </message>
    <message>
        <source>This archive needs the model {0}, which is not on this machine and cannot be downloaded. Its file can be added on the page Models.</source>
        <translation>Este archivo comprimido necesita el modelo {0}, que no está en este equipo y no se puede descargar. Su archivo se puede añadir en la página Modelos.</translation>
    </message>
    <message>
        <source>This archive needs the model {0} ({1}), which is not on this machine yet.</source>
        <translation>Este archivo comprimido necesita el modelo {0} ({1}), que aún no está en este equipo.</translation>
    </message>
    <message>
        <source>The model {0} is on its way: {1}%</source>
        <translation>El modelo {0} está en camino: {1} %</translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>Resume download</source>
        <translation>Continuar descarga</translation>
    </message>
    <message>
        <source>Download</source>
        <translation>Descargar</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Quitar</translation>
    </message>
    <message>
        <source>Download of {0}</source>
        <translation>Descarga de {0}</translation>
    </message>
    <message>
        <source>Built in</source>
        <translation>Integrado</translation>
    </message>
    <message>
        <source>Installed</source>
        <translation>Instalado</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>Recomendado</translation>
    </message>
    <message>
        <source>used by level {0}</source>
        <translation>usado por el nivel {0}</translation>
    </message>
    <message>
        <source>Downloading…</source>
        <translation>Descargando…</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} de {1}</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>faltan {0}</translation>
    </message>
</context>
<context>
    <name>ModelDesk</name>
    <message>
        <source>{0} was added.</source>
        <translation>Se añadió {0}.</translation>
    </message>
    <message>
        <source>{0} was removed.</source>
        <translation>Se quitó {0}.</translation>
    </message>
    <message>
        <source>{0} is ready.</source>
        <translation>{0} está listo.</translation>
    </message>
</context>
<context>
    <name>ModelsPage</name>
    <message>
        <source>Add a GGUF file…</source>
        <translation>Añadir un fichero GGUF…</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>Modelos</translation>
    </message>
    <message>
        <source>The model predicts the text; the better it predicts, the smaller the archive. Whoever unpacks an archive needs the same model; the archive says which.</source>
        <translation>El modelo predice el texto; cuanto mejor lo predice, más pequeño es el archivo. Quien lo descomprima necesita el mismo modelo; el archivo dice cuál.</translation>
    </message>
    <message>
        <source>Model of each level</source>
        <translation>Modelo de cada nivel</translation>
    </message>
    <message>
        <source>Model for level {0}</source>
        <translation>Modelo para el nivel {0}</translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation>Buscando modelos…</translation>
    </message>
    <message>
        <source>Remove {0} ({1})? Archives made with it cannot be unpacked without it.</source>
        <translation>¿Quitar {0} ({1})? Sin él no se pueden descomprimir los archivos hechos con él.</translation>
    </message>
    <message>
        <source>Best one installed</source>
        <translation>El mejor instalado</translation>
    </message>
    <message>
        <source>Remove it</source>
        <translation>Quitarlo</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>Añadir un modelo</translation>
    </message>
    <message>
        <source>GGUF models (*.gguf)</source>
        <translation>Modelos GGUF (*.gguf)</translation>
    </message>
</context>
<context>
    <name>Notes</name>
    <message>
        <source>left out: {0}: {1}</source>
        <translation>omitido: {0}: {1}</translation>
    </message>
    <message>
        <source>not counted: {0}: {1}</source>
        <translation>no contado: {0}: {1}</translation>
    </message>
    <message>
        <source>{0} holds no files</source>
        <translation>{0} no contiene archivos</translation>
    </message>
    <message>
        <source>the GPU here has no room for this model, so it runs on the processor</source>
        <translation>la GPU no tiene sitio para este modelo, así que se ejecuta en el procesador</translation>
    </message>
    <message>
        <source>there is no memory for the model {0} beside the first, which codes all</source>
        <translation>no hay memoria para el modelo {0} junto al primero, que se encarga de todo</translation>
    </message>
    <message>
        <source>device {0} cannot take the model ({1}), so it is not used</source>
        <translation>el modelo no cabe en el dispositivo {0} ({1}), así que no se usa</translation>
    </message>
    <message>
        <source>device {0} failed ({1}), so the work goes on without it; the result is the same</source>
        <translation>el dispositivo {0} falló ({1}), así que el trabajo sigue sin él; el resultado es el mismo</translation>
    </message>
    <message>
        <source>level {0} would be better with a larger model</source>
        <translation>el nivel {0} sería mejor con un modelo más grande</translation>
    </message>
</context>
<context>
    <name>Notices</name>
    <message numerus="yes">
        <source>%n job(s) done</source>
        <translation>
            <numerusform>%n tarea terminada</numerusform>
            <numerusform>%n tareas terminadas</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fallida</numerusform>
            <numerusform>%n fallidas</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>PasswordDialog</name>
    <message>
        <source>Password</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>Password of {0}</source>
        <translation>Contraseña de {0}</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Abrir</translation>
    </message>
    <message>
        <source>Use it for the other archives of the queue too</source>
        <translation>Usarla también para los demás archivos comprimidos de la lista</translation>
    </message>
</context>
<context>
    <name>PasswordField</name>
    <message>
        <source>Hide the password</source>
        <translation>Ocultar la contraseña</translation>
    </message>
    <message>
        <source>Show the password</source>
        <translation>Mostrar la contraseña</translation>
    </message>
</context>
<context>
    <name>QueueFooter</name>
    <message>
        <source>Undo</source>
        <translation>Deshacer</translation>
    </message>
    <message>
        <source>Put back what was removed from the list</source>
        <translation>Recuperar lo que se quitó de la lista</translation>
    </message>
    <message>
        <source>Try all again</source>
        <translation>Reintentar todos</translation>
    </message>
    <message>
        <source>Clear finished</source>
        <translation>Quitar terminadas</translation>
    </message>
    <message>
        <source>Progress of all jobs</source>
        <translation>Progreso de todas las tareas</translation>
    </message>
    <message>
        <source>{0} of {1} done</source>
        <translation>{0} de {1} terminadas</translation>
    </message>
    <message numerus="yes">
        <source>%n failed</source>
        <translation>
            <numerusform>%n fallida</numerusform>
            <numerusform>%n fallidas</numerusform>
        </translation>
    </message>
    <message>
        <source>{0} saved</source>
        <translation>{0} ahorrados</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>en pausa</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>faltan {0}</translation>
    </message>
</context>
<context>
    <name>QueueOptions</name>
    <message>
        <source>The small built-in model: seconds</source>
        <translation>El pequeño modelo integrado: segundos</translation>
    </message>
    <message>
        <source>The best model for everyday use</source>
        <translation>El mejor modelo para el día a día</translation>
    </message>
    <message>
        <source>The largest model installed, long memory: slow, smallest result</source>
        <translation>El mayor modelo instalado, memoria larga: lento, resultado mínimo</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>Leave out files that cannot be read, and tell</source>
        <translation>Omitir los archivos que no se pueden leer, y avisar</translation>
    </message>
    <message>
        <source>Decode and compare every archive before it is put in place</source>
        <translation>Descomprimir y comparar cada archivo antes de colocarlo</translation>
    </message>
    <message>
        <source>Seal with a password</source>
        <translation>Sellar con una contraseña</translation>
    </message>
    <message>
        <source>Seals what is added from now on. Without the password nobody can open it, not even you.</source>
        <translation>Sella lo que se añada a partir de ahora. Sin la contraseña nadie puede abrirlo, ni siquiera tú.</translation>
    </message>
    <message>
        <source>More options for the queue</source>
        <translation>Más opciones de la lista</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Guardar en</translation>
    </message>
    <message>
        <source>If the name is taken</source>
        <translation>Si ya existe</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>Contraseña</translation>
    </message>
    <message>
        <source>Empty: not sealed</source>
        <translation>Vacía: sin sellar</translation>
    </message>
    <message>
        <source>Password again</source>
        <translation>Contraseña otra vez</translation>
    </message>
    <message>
        <source>The same once more</source>
        <translation>La misma otra vez</translation>
    </message>
    <message>
        <source>The two passwords differ. Nothing can be added until they are the same.</source>
        <translation>Las dos contraseñas son distintas. No se puede añadir nada hasta que sean iguales.</translation>
    </message>
    <message>
        <source>{0} uses {1}.</source>
        <translation>{0} usa {1}.</translation>
    </message>
    <message>
        <source>{0} uses what suits each text: {1}.</source>
        <translation>{0} usa lo que conviene a cada texto: {1}.</translation>
    </message>
    <message>
        <source>{0} uses the small built-in model until a larger one is downloaded: slower than Fast, and hardly smaller.</source>
        <translation>{0} usa el pequeño modelo incluido hasta que se descargue uno mayor: más lento que Rápido y apenas más pequeño.</translation>
    </message>
    <message>
        <source>Computes on {0}.</source>
        <translation>Calcula en {0}.</translation>
    </message>
    <message>
        <source>Start as soon as something is added</source>
        <translation>Empezar en cuanto se añada algo</translation>
    </message>
    <message>
        <source>Put everything added at once into one archive</source>
        <translation>Poner lo añadido a la vez en un solo archivo</translation>
    </message>
    <message>
        <source>Ask about one archive when many small files come at once</source>
        <translation>Preguntar por un solo archivo cuando llegan muchos ficheros pequeños</translation>
    </message>
    <message>
        <source>Open the folder when all is done</source>
        <translation>Abrir la carpeta al terminar</translation>
    </message>
    <message>
        <source>When all is done</source>
        <translation>Cuando todo esté listo</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nada</translation>
    </message>
    <message>
        <source>Close nacomp</source>
        <translation>Cerrar nacomp</translation>
    </message>
    <message>
        <source>Let the computer sleep</source>
        <translation>Suspender el equipo</translation>
    </message>
</context>
<context>
    <name>QueuePage</name>
    <message>
        <source>Compress</source>
        <translation>Comprimir</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>Ficheros…</translation>
    </message>
    <message>
        <source>Add folder…</source>
        <translation>Carpeta…</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>Empezar</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pausar</translation>
    </message>
    <message>
        <source>Add files</source>
        <translation>Añadir ficheros</translation>
    </message>
    <message>
        <source>Add a folder</source>
        <translation>Añadir una carpeta</translation>
    </message>
    <message>
        <source>{0} is an archive. What should happen with it?</source>
        <translation>{0} es un archivo nacomp. ¿Qué hacer con él?</translation>
    </message>
    <message numerus="yes">
        <source>%n archive(s) dropped. What should happen with them?</source>
        <translation>
            <numerusform>%n archivo nacomp. ¿Qué hacer con él?</numerusform>
            <numerusform>%n archivos nacomp. ¿Qué hacer con ellos?</numerusform>
        </translation>
    </message>
    <message>
        <source>Extract</source>
        <translation>Extraer</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Comprobar</translation>
    </message>
    <message>
        <source>Look inside</source>
        <translation>Mirar dentro</translation>
    </message>
    <message>
        <source>Much smaller archives with a model for what you have, downloaded once:</source>
        <translation>Archivos mucho más pequeños con un modelo para sus textos, que se descarga una vez:</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Ahora no</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Continuar</translation>
    </message>
</context>
<context>
    <name>Reasons</name>
    <message>
        <source>no such file or directory</source>
        <translation>no existe el fichero o la carpeta</translation>
    </message>
    <message>
        <source>permission denied</source>
        <translation>permiso denegado</translation>
    </message>
    <message>
        <source>operation not permitted</source>
        <translation>operación no permitida</translation>
    </message>
    <message>
        <source>no space left on device</source>
        <translation>no queda espacio en el dispositivo</translation>
    </message>
    <message>
        <source>disk quota exceeded</source>
        <translation>se superó la cuota de disco</translation>
    </message>
    <message>
        <source>read-only file system</source>
        <translation>el sistema de ficheros es de solo lectura</translation>
    </message>
    <message>
        <source>input/output error</source>
        <translation>error de entrada o salida</translation>
    </message>
    <message>
        <source>file name too long</source>
        <translation>el nombre del fichero es demasiado largo</translation>
    </message>
    <message>
        <source>is a directory</source>
        <translation>es una carpeta</translation>
    </message>
    <message>
        <source>is a folder</source>
        <translation>es una carpeta</translation>
    </message>
    <message>
        <source>not a directory</source>
        <translation>no es una carpeta</translation>
    </message>
    <message>
        <source>directory not empty</source>
        <translation>la carpeta no está vacía</translation>
    </message>
    <message>
        <source>device or resource busy</source>
        <translation>está en uso</translation>
    </message>
    <message>
        <source>stale file handle</source>
        <translation>la unidad de red ya no está disponible</translation>
    </message>
    <message>
        <source>is neither a file, a folder nor a link</source>
        <translation>no es un fichero, ni una carpeta, ni un enlace</translation>
    </message>
    <message>
        <source>is a link where the archive has a folder</source>
        <translation>es un enlace donde el archivo tiene una carpeta</translation>
    </message>
    <message>
        <source>was cut off while it was in use</source>
        <translation>se cortó mientras estaba en uso</translation>
    </message>
    <message>
        <source>another job is writing this archive</source>
        <translation>otra tarea está escribiendo este archivo</translation>
    </message>
    <message>
        <source>changed since it was archived, so it stays</source>
        <translation>cambió después de archivarse, por eso se queda</translation>
    </message>
    <message>
        <source>holds what the system makes up as it is read, and no files</source>
        <translation>contiene lo que el sistema genera al leerlo, y no archivos</translation>
    </message>
    <message>
        <source>changed while it was being read</source>
        <translation>cambió mientras se leía</translation>
    </message>
    <message>
        <source>is no plain file and is not replaced</source>
        <translation>no es un archivo normal y no se reemplaza</translation>
    </message>
    <message>
        <source>its end is missing</source>
        <translation>falta su final</translation>
    </message>
    <message>
        <source>its end is zeros, so it was never written whole</source>
        <translation>su final son ceros, así que nunca se escribió entero</translation>
    </message>
    <message>
        <source>its beginning is zeros, so it was never written whole</source>
        <translation>su principio son ceros, así que nunca se escribió entero</translation>
    </message>
    <message>
        <source>the end of its recovery data is missing</source>
        <translation>falta el final de sus datos de recuperación</translation>
    </message>
    <message>
        <source>it is a web page, so a download gave something else than the archive</source>
        <translation>es una página web, así que una descarga dio otra cosa que el archivo comprimido</translation>
    </message>
    <message>
        <source>it was changed on its way as if it were text; transfer it once more, as binary</source>
        <translation>se modificó por el camino como si fuera texto; transfiéralo otra vez, en binario</translation>
    </message>
    <message>
        <source>its end is missing, or bytes were added behind it</source>
        <translation>le falta el final, o se añadieron bytes detrás</translation>
    </message>
    <message>
        <source>its end is missing or damaged, or bytes were added behind it</source>
        <translation>le falta el final o está dañado, o se añadieron bytes detrás</translation>
    </message>
    <message>
        <source>its checksum does not match</source>
        <translation>su suma de comprobación no coincide</translation>
    </message>
    <message>
        <source>the header&apos;s checksum does not match</source>
        <translation>la suma de comprobación de la cabecera no coincide</translation>
    </message>
    <message>
        <source>the index&apos;s checksum does not match</source>
        <translation>la suma de comprobación del índice no coincide</translation>
    </message>
    <message>
        <source>the decoded bytes&apos; checksum does not match</source>
        <translation>la suma de comprobación de los bytes descomprimidos no coincide</translation>
    </message>
    <message>
        <source>the file is empty</source>
        <translation>el fichero está vacío</translation>
    </message>
    <message>
        <source>none was found</source>
        <translation>no se encontraron</translation>
    </message>
    <message>
        <source>nothing was left behind</source>
        <translation>no quedó nada</translation>
    </message>
    <message>
        <source>there is not enough memory for this model and level</source>
        <translation>no hay memoria suficiente para este modelo y este nivel</translation>
    </message>
    <message>
        <source>close other programs, or use a smaller model</source>
        <translation>cierra otros programas o usa un modelo más pequeño</translation>
    </message>
    <message>
        <source>use a smaller model</source>
        <translation>usa un modelo más pequeño</translation>
    </message>
    <message>
        <source>it is part of the application and cannot be removed</source>
        <translation>forma parte de la aplicación y no se puede quitar</translation>
    </message>
    <message>
        <source>an empty password protects nothing; give a longer one, or none</source>
        <translation>una contraseña vacía no protege nada; indica una más larga o ninguna</translation>
    </message>
    <message>
        <source>the names of its files are lost</source>
        <translation>se han perdido los nombres de sus archivos</translation>
    </message>
    <message>
        <source>text file busy</source>
        <translation>archivo de programa en uso</translation>
    </message>
    <message>
        <source>file too large</source>
        <translation>archivo demasiado grande</translation>
    </message>
    <message>
        <source>too many open files</source>
        <translation>demasiados archivos abiertos</translation>
    </message>
    <message>
        <source>no such device or address</source>
        <translation>no existe el dispositivo o la dirección</translation>
    </message>
    <message>
        <source>no such device</source>
        <translation>no existe el dispositivo</translation>
    </message>
    <message>
        <source>connection timed out</source>
        <translation>tiempo de conexión agotado</translation>
    </message>
    <message>
        <source>host is down</source>
        <translation>el equipo no está activo</translation>
    </message>
    <message>
        <source>too many levels of symbolic links</source>
        <translation>demasiados enlaces simbólicos encadenados</translation>
    </message>
    <message>
        <source>invalid argument</source>
        <translation>valor no válido</translation>
    </message>
    <message>
        <source>operation not supported</source>
        <translation>operación no admitida</translation>
    </message>
    <message>
        <source>cannot allocate memory</source>
        <translation>no queda memoria</translation>
    </message>
    <message>
        <source>structure needs cleaning</source>
        <translation>el sistema de archivos está dañado</translation>
    </message>
    <message>
        <source>remote I/O error</source>
        <translation>error de entrada/salida remoto</translation>
    </message>
    <message>
        <source>is a link that leads nowhere</source>
        <translation>es un enlace que no lleva a ninguna parte</translation>
    </message>
    <message>
        <source>is one of the inputs, and would be replaced by its own archive</source>
        <translation>es una de las entradas y la sustituiría su propio archivo comprimido</translation>
    </message>
    <message>
        <source>would be one file on this system</source>
        <translation>serían un solo archivo en este sistema</translation>
    </message>
    <message>
        <source>what is finished is kept</source>
        <translation>se conserva lo terminado</translation>
    </message>
    <message>
        <source>there is no file to compress</source>
        <translation>no hay ningún archivo que comprimir</translation>
    </message>
    <message>
        <source>the hub cannot be reached (is this machine online?)</source>
        <translation>no se puede contactar con el servidor (¿hay conexión?)</translation>
    </message>
    <message>
        <source>no Python with pip was found</source>
        <translation>no se encontró ningún Python con pip</translation>
    </message>
    <message>
        <source>the index is cut off</source>
        <translation>el índice está cortado</translation>
    </message>
    <message>
        <source>the seal is cut off</source>
        <translation>el sello está cortado</translation>
    </message>
    <message>
        <source>its header differs from what the index says</source>
        <translation>su cabecera difiere de lo que dice el índice</translation>
    </message>
    <message>
        <source>all of it is lost</source>
        <translation>se ha perdido todo</translation>
    </message>
    <message>
        <source>it predicted values that are not finite</source>
        <translation>predijo valores que no son finitos</translation>
    </message>
    <message>
        <source>its values overflow on this text</source>
        <translation>sus valores se desbordan con este texto</translation>
    </message>
    <message>
        <source>it does not predict the next token</source>
        <translation>no predice el token siguiente</translation>
    </message>
    <message>
        <source>it cannot be read</source>
        <translation>no se puede leer</translation>
    </message>
    <message>
        <source>{0} has {1} bytes, expected {2}</source>
        <translation>{0} tiene {1} bytes, se esperaban {2}</translation>
    </message>
    <message>
        <source>two inputs would both be called {0}</source>
        <translation>dos entradas se llamarían {0}</translation>
    </message>
    <message>
        <source>{0} in {1} files could not be saved</source>
        <translation>no se pudieron salvar {0} en {1} archivos</translation>
    </message>
    <message>
        <source>the names of its files are lost, and {0} blocks before the last one found</source>
        <translation>se han perdido los nombres de sus archivos y {0} bloques anteriores al último encontrado</translation>
    </message>
    <message>
        <source>{0} blocks of another archive in it were left alone</source>
        <translation>{0} bloques de otro archivo comprimido se dejaron como estaban</translation>
    </message>
    <message>
        <source>lies in {0}, which is one of the inputs</source>
        <translation>está en {0}, que es una de las entradas</translation>
    </message>
    <message>
        <source>{0} did not come back as it was (SHA-256)</source>
        <translation>{0} no volvió como era (SHA-256)</translation>
    </message>
    <message>
        <source>pip cannot find {0} (is this machine online, and does its package index have it?)</source>
        <translation>pip no encuentra {0} (¿hay conexión y está en su índice de paquetes?)</translation>
    </message>
</context>
<context>
    <name>RunningPlot</name>
    <message>
        <source>Bits per byte along the text, {0} on average</source>
        <translation>Bits por byte a lo largo del texto, {0} de media</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>Ajustes</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Apariencia</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>Como el sistema</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Claro</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Oscuro</translation>
    </message>
    <message>
        <source>Theme</source>
        <translation>Tema</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Idioma</translation>
    </message>
    <message>
        <source>Compression</source>
        <translation>Compresión</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>Exact</source>
        <translation>Exacto</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Motor</translation>
    </message>
    <message>
        <source>Exact archives open on any machine; llama.cpp archives only where the same build runs.</source>
        <translation>Los archivos exactos se abren en cualquier máquina; los de llama.cpp, solo donde funcione la misma versión.</translation>
    </message>
    <message>
        <source>Device</source>
        <translation>Dispositivo</translation>
    </message>
    <message>
        <source>Threads</source>
        <translation>Hilos</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automático</translation>
    </message>
    <message>
        <source>Never changes the result.</source>
        <translation>Nunca cambia el resultado.</translation>
    </message>
    <message>
        <source>Recovery data (%)</source>
        <translation>Datos de recuperación (%)</translation>
    </message>
    <message>
        <source>None</source>
        <translation>Ninguno</translation>
    </message>
    <message>
        <source>An archive can be repaired while no more than this share of it is damaged. It grows by as much.</source>
        <translation>Un archivo se puede reparar mientras no esté dañada más que esta proporción. Crece en la misma medida.</translation>
    </message>
    <message>
        <source>Save to</source>
        <translation>Guardar en</translation>
    </message>
    <message>
        <source>Leave out</source>
        <translation>Omitir</translation>
    </message>
    <message>
        <source>Patterns of names below folders, with a semicolon between them.</source>
        <translation>Patrones de nombres dentro de carpetas, separados por punto y coma.</translation>
    </message>
    <message>
        <source>Keep it</source>
        <translation>Conservarlo</translation>
    </message>
    <message>
        <source>Move it to the trash</source>
        <translation>Moverlo a la papelera</translation>
    </message>
    <message>
        <source>The original afterwards</source>
        <translation>El original después</translation>
    </message>
    <message>
        <source>Goes to the trash only after the archive was decoded again and every byte compared.</source>
        <translation>Va a la papelera solo después de descomprimir el archivo y comparar cada byte.</translation>
    </message>
    <message>
        <source>Queue</source>
        <translation>Lista</translation>
    </message>
    <message>
        <source>Jobs at the same time</source>
        <translation>Tareas a la vez</translation>
    </message>
    <message>
        <source>Each job needs its own memory for the model.</source>
        <translation>Cada tarea necesita su propia memoria para el modelo.</translation>
    </message>
    <message>
        <source>Keep both</source>
        <translation>Conservar ambos</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Reemplazar</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Omitir</translation>
    </message>
    <message>
        <source>If a name is taken</source>
        <translation>Si un nombre ya existe</translation>
    </message>
    <message>
        <source>Start as soon as something is added</source>
        <translation>Empezar en cuanto se añada algo</translation>
    </message>
    <message>
        <source>Ask before jobs that would take long</source>
        <translation>Preguntar antes de tareas largas</translation>
    </message>
    <message>
        <source>Open the folder when all is done</source>
        <translation>Abrir la carpeta al terminar</translation>
    </message>
    <message>
        <source>Notify me when a long queue has ended</source>
        <translation>Avisar cuando termine una lista larga</translation>
    </message>
    <message>
        <source>Open the settings folder</source>
        <translation>Abrir la carpeta de ajustes</translation>
    </message>
</context>
<context>
    <name>SurpriseChoices</name>
    <message>
        <source>Level</source>
        <translation>Nivel</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modelo</translation>
    </message>
    <message>
        <source>The level&apos;s model</source>
        <translation>El modelo del nivel</translation>
    </message>
</context>
<context>
    <name>SurpriseFigures</name>
    <message>
        <source>Figures of the surprise map</source>
        <translation>Cifras del mapa de sorpresa</translation>
    </message>
    <message>
        <source>Tokens by bits</source>
        <translation>Tokens por bits</translation>
    </message>
    <message>
        <source>Bits per byte along the text</source>
        <translation>Bits por byte a lo largo del texto</translation>
    </message>
    <message>
        <source>{0} bits per byte</source>
        <translation>{0} bits por byte</translation>
    </message>
    <message>
        <source>{0} of text in {1} tokens cost {2}.</source>
        <translation>{0} de texto en {1} tokens cuestan {2}.</translation>
    </message>
    <message>
        <source>Point at a word</source>
        <translation>Señala una palabra</translation>
    </message>
    <message>
        <source>Its cost and what the model expected appear here.</source>
        <translation>Aquí aparecen su coste y lo que el modelo esperaba.</translation>
    </message>
    <message>
        <source>The model expected:</source>
        <translation>El modelo esperaba:</translation>
    </message>
</context>
<context>
    <name>SurpriseMapDesk</name>
    <message>
        <source>{0} is a picture. A surprise map shows texts.</source>
        <translation>{0} es una imagen. Un mapa de sorpresas muestra textos.</translation>
    </message>
    <message>
        <source>There is no text in this file that the model could read.</source>
        <translation>En este fichero no hay texto que el modelo pueda leer.</translation>
    </message>
</context>
<context>
    <name>SurpriseMapPage</name>
    <message>
        <source>Surprise map</source>
        <translation>Mapa de sorpresa</translation>
    </message>
    <message>
        <source>Open text…</source>
        <translation>Abrir texto…</translation>
    </message>
    <message>
        <source>Save as HTML…</source>
        <translation>Guardar como HTML…</translation>
    </message>
    <message>
        <source>Save as PNG…</source>
        <translation>Guardar como PNG…</translation>
    </message>
    <message>
        <source>See what the model knew</source>
        <translation>Mira lo que sabía el modelo</translation>
    </message>
    <message>
        <source>Open or drop a text. Each piece of it is coloured by the bits that it costs: pale where the model expected it, red where it was surprised. The fewer bits a text costs, the smaller its archive.</source>
        <translation>Abre o suelta un texto. Cada trozo se colorea según los bits que cuesta: pálido donde el modelo lo esperaba, rojo donde se sorprendió. Cuantos menos bits cuesta un texto, más pequeño es su archivo.</translation>
    </message>
    <message>
        <source>Computing the surprise map</source>
        <translation>Calculando el mapa de sorpresa</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Cancelar</translation>
    </message>
    <message>
        <source>bits per token</source>
        <translation>bits por token</translation>
    </message>
    <message>
        <source>The model is reading {0}…</source>
        <translation>El modelo está leyendo {0}…</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>quedan {0}</translation>
    </message>
    <message>
        <source>Reading on: {0}%</source>
        <translation>Sigue leyendo: {0} %</translation>
    </message>
    <message>
        <source>{0} of {1}; scroll to the end for more</source>
        <translation>{0} de {1}; sigue hasta el final para leer más</translation>
    </message>
    <message>
        <source>Read by {0}</source>
        <translation>Leído por {0}</translation>
    </message>
    <message>
        <source>Open a text</source>
        <translation>Abrir un texto</translation>
    </message>
    <message>
        <source>Save the surprise map</source>
        <translation>Guardar el mapa de sorpresa</translation>
    </message>
    <message>
        <source>{0} could not be saved: {1}</source>
        <translation>No se pudo guardar {0}: {1}</translation>
    </message>
    <message>
        <source>Saved as {0}.</source>
        <translation>Guardado como {0}.</translation>
    </message>
</context>
<context>
    <name>TokenView</name>
    <message>
        <source>Text coloured by surprise</source>
        <translation>Texto coloreado por sorpresa</translation>
    </message>
</context>
<context>
    <name>archive</name>
    <message>
        <source>zip or gzip</source>
        <translation>zip o gzip</translation>
    </message>
    <message>
        <source>text in UTF-16 or UTF-32</source>
        <translation>texto en UTF-16 o UTF-32</translation>
    </message>
    <message>
        <source>text in an older encoding</source>
        <translation>texto en una codificación antigua</translation>
    </message>
    <message>
        <source>base64</source>
        <translation>base64</translation>
    </message>
    <message>
        <source>hexadecimal digits</source>
        <translation>cifras hexadecimales</translation>
    </message>
    <message>
        <source>mail text</source>
        <translation>texto de correo</translation>
    </message>
    <message>
        <source>JPEG picture</source>
        <translation>imagen JPEG</translation>
    </message>
    <message>
        <source>PNG picture</source>
        <translation>imagen PNG</translation>
    </message>
    <message>
        <source>found inside: {0}</source>
        <translation>hallado dentro: {0}</translation>
    </message>
</context>
<context>
    <name>dangers</name>
    <message>
        <source>original to the trash</source>
        <translation>original a la papelera</translation>
    </message>
    <message>
        <source>replaces</source>
        <translation>reemplaza</translation>
    </message>
    <message>
        <source>llama.cpp only</source>
        <translation>solo llama.cpp</translation>
    </message>
    <message>
        <source>Originals go to the trash once their archive has been verified.</source>
        <translation>Los originales van a la papelera en cuanto se comprueba su archivo.</translation>
    </message>
    <message>
        <source>A file that has the result&apos;s name is replaced.</source>
        <translation>Un fichero con el nombre del resultado se reemplaza.</translation>
    </message>
    <message>
        <source>Archives are not portable: only the same build of llama.cpp opens them.</source>
        <translation>Los archivos no son portables: solo los abre la misma compilación de llama.cpp.</translation>
    </message>
</context>
<context>
    <name>devices</name>
    <message>
        <source>A graphics card is used where it is faster than the processor. Never changes the result.</source>
        <translation>Se usa una tarjeta gráfica donde es más rápida que el procesador. Nunca cambia el resultado.</translation>
    </message>
    <message>
        <source>Measured here: {0} times as fast as the processor with a large model, {1} times with the built-in one.</source>
        <translation>Medido aquí: {0} veces la velocidad del procesador con un modelo grande, {1} veces con el integrado.</translation>
    </message>
</context>
<context>
    <name>levels</name>
    <message>
        <source>Fast</source>
        <translation>Rápido</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>Equilibrado</translation>
    </message>
    <message>
        <source>Smallest</source>
        <translation>Mínimo</translation>
    </message>
    <message>
        <source>{0}: about {1}, {2}</source>
        <translation>{0}: unos {1}, {2}</translation>
    </message>
</context>
<context>
    <name>status</name>
    <message>
        <source>{0} and {1} more</source>
        <translation>{0} y {1} más</translation>
    </message>
    <message>
        <source>about {0}</source>
        <translation>unos {0}</translation>
    </message>
    <message>
        <source>{0} to reach about {1}</source>
        <translation>{0} hasta unos {1}</translation>
    </message>
    <message>
        <source>That password does not open it.</source>
        <translation>Esa contraseña no lo abre.</translation>
    </message>
    <message>
        <source>This archive is sealed with a password.</source>
        <translation>Este archivo está sellado con una contraseña.</translation>
    </message>
    <message>
        <source>Estimating</source>
        <translation>Estimando</translation>
    </message>
    <message>
        <source>Would take long, waits for your choice</source>
        <translation>Tardaría mucho, espera tu decisión</translation>
    </message>
    <message>
        <source>with a password</source>
        <translation>con contraseña</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>En espera</translation>
    </message>
    <message>
        <source>Cancelling</source>
        <translation>Cancelando</translation>
    </message>
    <message>
        <source>Pausing</source>
        <translation>Pausando</translation>
    </message>
    <message>
        <source>Checking the result</source>
        <translation>Comprobando el resultado</translation>
    </message>
    <message>
        <source>Starting</source>
        <translation>Empezando</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>Cargando el modelo</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>Leyendo</translation>
    </message>
    <message>
        <source>{0} of {1}</source>
        <translation>{0} de {1}</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>En pausa</translation>
    </message>
    <message>
        <source>{0} left</source>
        <translation>faltan {0}</translation>
    </message>
    <message>
        <source>{0} so far</source>
        <translation>{0} hasta ahora</translation>
    </message>
    <message>
        <source>took {0}</source>
        <translation>tardó {0}</translation>
    </message>
    <message>
        <source>Everything in it is intact</source>
        <translation>Todo su contenido está intacto</translation>
    </message>
    <message>
        <source>Repaired; the damaged archive was kept</source>
        <translation>Reparado; el archivo dañado se conservó</translation>
    </message>
    <message>
        <source>Salvaged what is intact</source>
        <translation>Rescatado lo intacto</translation>
    </message>
    <message>
        <source>to {0}</source>
        <translation>en {0}</translation>
    </message>
    <message>
        <source>Extracted</source>
        <translation>Extraído</translation>
    </message>
    <message>
        <source>It failed, and the worker did not say why.</source>
        <translation>Falló, y el proceso no dijo por qué.</translation>
    </message>
    <message>
        <source>Cancelled; nothing was left behind</source>
        <translation>Cancelado; no quedó nada</translation>
    </message>
    <message>
        <source>Skipped: there is a file of that name already</source>
        <translation>Omitido: ya hay un fichero con ese nombre</translation>
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
        <translation>Inglés y código</translation>
    </message>
    <message>
        <source>World languages</source>
        <translation>Idiomas del mundo</translation>
    </message>
    <message>
        <source>{0} days</source>
        <translation>{0} días</translation>
    </message>
    <message>
        <source>nothing to gain</source>
        <translation>nada que ganar</translation>
    </message>
    <message>
        <source>{0} times smaller</source>
        <translation>{0} veces menor</translation>
    </message>
    <message>
        <source>{0}% smaller</source>
        <translation>{0} % menor</translation>
    </message>
    <message>
        <source>not smaller: too little to gain from</source>
        <translation>no es menor: hay demasiado poco que ganar</translation>
    </message>
    <message>
        <source>not smaller: already dense</source>
        <translation>no es menor: ya estaba denso</translation>
    </message>
    <message>
        <source>{0} became {1}</source>
        <translation>{0} pasaron a {1}</translation>
    </message>
    <message>
        <source>{0} bits</source>
        <translation>{0} bits</translation>
    </message>
    <message>
        <source>{0}% likely</source>
        <translation>{0} % probable</translation>
    </message>
    <message>
        <source>1 in {0}</source>
        <translation>1 entre {0}</translation>
    </message>
</context>
<context>
    <name>worker</name>
    <message>
        <source>The worker could not be started: {0}</source>
        <translation>No se pudo iniciar el proceso de trabajo: {0}</translation>
    </message>
    <message>
        <source>The worker process was ended from outside or crashed (out of memory is the usual reason); your files are untouched. You can try again.</source>
        <translation>El proceso de trabajo fue terminado desde fuera o falló (lo habitual es falta de memoria); tus ficheros están intactos. Puedes volver a intentarlo.</translation>
    </message>
    <message>
        <source>The worker&apos;s answer could not be read.</source>
        <translation>No se pudo leer la respuesta del proceso de trabajo.</translation>
    </message>
    <message>
        <source>The worker stopped with code {0}.</source>
        <translation>El proceso de trabajo terminó con el código {0}.</translation>
    </message>
    <message>
        <source>Something unexpected went wrong: {0}</source>
        <translation>Algo inesperado ha fallado: {0}</translation>
    </message>
</context>
</TS>

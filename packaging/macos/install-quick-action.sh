#!/bin/sh
# "Compress with nacomp" in the Finder's Quick Actions: an Automator service that hands the selection to the application.
set -eu

service="$HOME/Library/Services/Compress with nacomp.workflow"
if [ "${1:-}" = "--remove" ]; then
    rm -rf "$service"
    exit 0
fi
mkdir -p "$service/Contents"
cat > "$service/Contents/Info.plist" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>NSServices</key><array><dict>
    <key>NSMenuItem</key><dict><key>default</key><string>Compress with nacomp</string></dict>
    <key>NSMessage</key><string>runWorkflowAsService</string>
    <key>NSSendFileTypes</key><array><string>public.item</string></array>
  </dict></array>
</dict></plist>
PLIST
cat > "$service/Contents/document.wflow" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
  <key>actions</key><array><dict><key>action</key><dict>
    <key>ActionBundlePath</key><string>/System/Library/Automator/Run Shell Script.action</string>
    <key>ActionName</key><string>Run Shell Script</string>
    <key>ActionParameters</key><dict>
      <key>COMMAND_STRING</key><string>open -a nacomp "$@"</string>
      <key>inputMethod</key><integer>1</integer>
      <key>shell</key><string>/bin/sh</string>
    </dict>
    <key>BundleIdentifier</key><string>com.apple.RunShellScript</string>
  </dict></dict></array>
  <key>workflowMetaData</key><dict>
    <key>serviceInputTypeIdentifier</key><string>com.apple.Automator.fileSystemObject</string>
    <key>workflowTypeIdentifier</key><string>com.apple.Automator.servicesMenu</string>
  </dict>
</dict></plist>
PLIST
